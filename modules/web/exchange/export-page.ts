/** The page on which somebody chooses what goes into a file: the fields, the format, and what he chose before. */
import { BadRequest, type ModelMeta, type Reply, type Request, redirect, UserError } from '@tessera/core'
import { done, ownPath, show } from '../server/answer.ts'
import { textIn, typedIn } from '../server/body.ts'
import { withQuery } from '../server/destination.ts'
import { isExportable, refuseExport } from '../server/export-rights.ts'
import { readState } from '../server/list-state.ts'
import type { Reader } from '../server/reader.ts'
import { templates } from '../server/screens.service.ts'
import { fieldSentence, sentenceOf } from '../server/sentence.ts'
import { shellOf } from '../server/shell.ts'
import { shownColumns } from '../server/shown-columns.ts'
import { inSentence, modelPlural } from '../server/words.ts'
import { ExportTemplate } from './export-template.model.ts'
import { exportableFields } from './fields.ts'
import { type ExportFormat, formatIn } from './files.ts'

/** GET: `list` is the query of the list whose records go out, `template` a saved choice. */
export async function exportPage(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  refuseExport(reader, model)
  const list = listIn(request.query.get('list'))
  const id = request.query.get('template')
  const template = id === null ? undefined : await reader.records.get(ExportTemplate, id)
  const chosen = template?.fields ?? (await columnsOf(reader, model, list))
  const format = template?.format ?? (request.query.has('format') ? formatIn(request.query) : 'xlsx')
  return choice(reader, request, model, { list, chosen, format, template: template?.id })
}

/** POST: the file itself, or the choice kept under a name, or one that was kept taken away. */
export async function takeExport(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  refuseExport(reader, model)
  const typed = typedIn(request)
  const list = listIn(textIn(request, 'list'))
  const chosen = typed.get('field') ?? []
  const format: ExportFormat = textIn(request, 'format') === 'csv' ? 'csv' : 'xlsx'
  const kept = textIn(request, 'template') || undefined
  const { records, t } = reader
  if (textIn(request, 'do') === 'remove' && kept) {
    await records.remove(ExportTemplate, kept)
    return done(request, addressOf(model, list), { tone: 'success', text: t('web.export_template_removed') })
  }
  const entered = { list, chosen, format, template: kept, name: textIn(request, 'name') ?? '', shared: typed.has('shared') }
  try {
    if (chosen.length === 0) throw new BadRequest('web.no_fields_chosen', 'Choose at least one field that goes into the file.')
    if (textIn(request, 'do') !== 'save') {
      const fields = chosen.map((path) => ['field', path] as const)
      return redirect(withQuery(`/${model.path}/export`, [...new URLSearchParams(list), ['format', format], ...fields]))
    }
    const draft = { name: entered.name.trim(), model: model.name, fields: chosen, format, shared: entered.shared }
    const { id } = await records.create(ExportTemplate, draft)
    return done(request, addressOf(model, list, id), { tone: 'success', text: t('web.export_template_saved', { name: draft.name }) })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const about = reader.app.models.of(ExportTemplate)
    const wrong = [sentenceOf(error, t), ...error.errors.map((each) => fieldSentence(each, about, t))].join(' ')
    return choice(reader, request, model, { ...entered, wrong }, error.status)
  }
}

interface Choice {
  readonly list: string
  readonly chosen: readonly string[]
  readonly format: ExportFormat
  readonly template: string | undefined
  readonly name?: string
  readonly shared?: boolean
  readonly wrong?: string
}

async function choice(reader: Reader, request: Request, model: ModelMeta, about: Choice, status = 200): Promise<Reply> {
  const { records, services, t } = reader
  const kept = await records.query(ExportTemplate, { fields: ['name', 'createdBy'], where: { model: model.name }, limit: 100 })
  const noun = inSentence(modelPlural(model, t))
  const groups = exportableFields(reader, model).map(({ label, fields }) => ({
    label,
    fields: fields.map((field) => ({ ...field, chosen: about.chosen.includes(field.path) })),
  }))
  const content = render(
    'export',
    {
      ...about,
      action: `/${model.path}/export/choose`,
      csrf: request.csrf,
      back: withQuery(`/${model.path}`, [...new URLSearchParams(about.list)]),
      text: t('web.export_text', { noun }),
      groups: groups.map((group) => ({ ...group, open: group.label === undefined || group.fields.some(({ chosen }) => chosen) })),
      templates: kept.rows.map(({ id, name }) => ({ id, name, current: id === about.template, href: addressOf(model, about.list, id) })),
      isOwn: kept.rows.some(({ id, createdBy }) => id === about.template && createdBy?.id === services.context.caller.id),
    },
    services,
  )
  return show(
    services,
    request,
    'content',
    {
      shell: await shellOf(reader, request, model.path),
      title: t('web.export_noun', { noun }),
      breadcrumbs: [{ label: modelPlural(model, t), href: withQuery(`/${model.path}`, [...new URLSearchParams(about.list)]) }],
      content,
    },
    { status },
  )
}

const render = templates(new URL('../templates/', import.meta.url))

/** The columns that the list shows, as far as they may go out. */
async function columnsOf(reader: Reader, model: ModelMeta, list: string): Promise<readonly string[]> {
  const shown = await shownColumns(reader, model, readState(new URLSearchParams(list), reader.app.screens(model)))
  return shown.flatMap(({ shown: { field } }) => (isExportable(reader.ability, model, field) ? [field] : []))
}

function addressOf(model: ModelMeta, list: string, template?: string): string {
  return withQuery(`/${model.path}/export/choose`, [['list', list], ...(template === undefined ? [] : [['template', template] as const])])
}

/** Read anew, so that nothing but a query can come of it. */
function listIn(text: string | null | undefined): string {
  return String(new URLSearchParams((ownPath(`/?${text ?? ''}`).split('?')[1] ?? '').slice(0, 8_000)))
}
