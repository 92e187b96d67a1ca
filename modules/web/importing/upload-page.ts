/** The page on which somebody chooses the file whose rows become records. */
import { attachmentSettings } from '@tessera/base'
import { type ModelMeta, type Reply, type Request, redirect, spoken, UserError } from '@tessera/core'
import { show } from '../server/answer.ts'
import type { Reader } from '../server/reader.ts'
import { templates } from '../server/screens.service.ts'
import { shellOf } from '../server/shell.ts'
import { inSentence, modelPlural } from '../server/words.ts'
import { refuseImport } from './rights.ts'
import { takeUpload } from './upload.ts'

const render = templates(new URL('../templates/', import.meta.url))

/** GET: asks for the file; with what was wrong with the last one. */
export async function uploadPage(reader: Reader, request: Request, model: ModelMeta, wrong?: string, status = 200): Promise<Reply> {
  refuseImport(reader, model)
  const { services, t } = reader
  const { mostMegabytes } = await services.settings.get(attachmentSettings)
  const noun = inSentence(modelPlural(model, t))
  const about = {
    action: `/${model.path}/import`,
    csrf: request.csrf,
    back: `/${model.path}`,
    text: t('web.import_text'),
    limits: t('web.import_limits', { most: mostMegabytes }),
    wrong,
  }
  const screen = {
    shell: await shellOf(reader, request, model.path),
    title: t('web.import_noun', { noun }),
    breadcrumbs: [{ label: modelPlural(model, t), href: `/${model.path}` }],
    content: render('import', about, services),
  }
  return show(services, request, 'content', screen, { status })
}

/** POST: on to the page where its columns are matched, or back with a sentence. */
export async function uploadFile(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  refuseImport(reader, model)
  try {
    return redirect(`/${model.path}/imports/${await takeUpload(reader, request, model)}`)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return uploadPage(reader, request, model, saidOf(reader, error), error.status)
  }
}

/** With what to do about it, in the reader's language. */
export function saidOf({ services }: Pick<Reader, 'services'>, { code, message, values, hint }: UserError): string {
  const { sentence, hint: advice } = spoken(services, { code, sentence: message, values, hint })
  return advice ? `${sentence} ${advice}` : sentence
}
