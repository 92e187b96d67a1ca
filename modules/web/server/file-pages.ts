import type { KeptFile } from '@tessera/base'
import { type ModelMeta, NotFound, type Reply, type Request } from '@tessera/core'
import type { ConfirmScreen } from '../screens.ts'
import { done } from './answer.ts'
import { demandRow } from './form.ts'
import type { Reader } from './reader.ts'
import { placeIn, withPlace } from './record-pager.ts'
import { shellOf } from './shell.ts'
import { modelPlural } from './words.ts'

/** What a form without a script brought becomes a file of the record. */
export async function addFiles(reader: Reader, request: Request, model: ModelMeta, id: string): Promise<Reply> {
  await demandRow(reader, model, id)
  const files = await reader.services.attachments.take(request.files, { model: model.name, record: id })
  const back = withPlace(`/${model.path}/${id}`, placeIn(request.query))
  return done(request, back, { tone: 'success', text: reader.t('web.files_attached', { count: files.length, name: files[0]?.name ?? '' }) })
}

/** Asks before a file is taken away for good. */
export async function removeFileScreen(
  reader: Reader,
  request: Request,
  model: ModelMeta,
  id: string,
  file: string,
): Promise<ConfirmScreen> {
  const { t } = reader
  const row = await demandRow(reader, model, id)
  const found = await demandFile(reader, model, id, file)
  const place = placeIn(request.query)
  const here = withPlace(`/${model.path}/${id}`, place)
  return {
    shell: await shellOf(reader, request, model.path),
    title: t('web.remove_file'),
    breadcrumbs: [
      { label: modelPlural(model, t), href: `/${model.path}` },
      { label: row.label ?? '', href: here },
    ],
    subject: found.name,
    text: t('web.remove_file_text'),
    action: withPlace(`/${model.path}/${id}/files/${file}/delete`, place),
    values: [],
    fields: [],
    confirm: { label: t('web.remove_file'), danger: true },
    cancel: here,
  }
}

export async function removeFile(reader: Reader, request: Request, model: ModelMeta, id: string, file: string): Promise<Reply> {
  const { name } = await demandFile(reader, model, id, file)
  await reader.services.attachments.remove(file)
  const back = withPlace(`/${model.path}/${id}`, placeIn(request.query))
  return done(request, back, { tone: 'success', text: reader.t('web.file_removed', { name }) })
}

async function demandFile({ services }: Reader, model: ModelMeta, id: string, file: string): Promise<KeptFile> {
  const found = (await services.attachments.list({ model: model.name, record: id })).find((each) => each.id === file)
  if (found) return found
  throw new NotFound('base.no_such_file', 'There is no file at this address, or you may not see it.')
}
