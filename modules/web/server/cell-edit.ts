/** One value of one row, changed where it stands in the list: the control, the write and the refusals of the form. */
import { staff } from '@tessera/base'
import { html, type ModelMeta, NotFound, type Page, page, type Reply, type Request, UserError } from '@tessera/core'
import { cellHtml } from '../cells.ts'
import { typedIn, versionIn } from './body.ts'
import { forgetChoices } from './choices.ts'
import { controlOf, isAsStored, type Typed, typedValue } from './control.ts'
import { demandRow } from './form.ts'
import { formPlan, type PlannedField } from './form-plan.ts'
import { prepareList } from './list-columns.ts'
import { needsOf } from './list-page.ts'
import { tableOf } from './list-table.ts'
import { modelPage } from './model-page.ts'
import type { Reader } from './reader.ts'
import { findRow, updateRow } from './rows.ts'
import { templates } from './screens.service.ts'
import { fieldSentence, sentenceOf } from './sentence.ts'
import { shownColumns } from './shown-columns.ts'

type OfRow = { readonly model: string; readonly id: string }

export const cellPages: readonly Page[] = [
  page('GET /:model/:id/cell', { may: staff, respond: modelPage<OfRow>(cellEditor) }),
  page('POST /:model/:id/cell', { may: staff, respond: modelPage<OfRow>(saveCell) }),
]

async function cellEditor(reader: Reader, request: Request<OfRow>, model: ModelMeta): Promise<Reply> {
  const planned = demandEditable(reader, request, model)
  return html(await editorOf(reader, model, request.params.id, planned, new Map()))
}

/** The cell as it is now, or the control again with the sentence that says why not. */
async function saveCell(reader: Reader, request: Request<OfRow>, model: ModelMeta): Promise<Reply> {
  const planned = demandEditable(reader, request, model)
  const { id } = request.params
  const { name, field } = planned
  const typed = new Map([...typedIn(request)].filter(([each]) => each === name))
  const texts = typed.get(name) ?? []
  const row = await demandRow(reader, model, id)
  try {
    if (!isAsStored(field, texts, row[name], reader.formats))
      await updateRow(reader.records, model, id, { [name]: typedValue(field, texts, reader.zone) }, versionIn(request))
  } catch (error) {
    if (!(error instanceof UserError) || error.status === 404 || error.code === 'access.confirm') throw error
    const wrong = error.errors.find((each) => each.field === name) ?? error.errors[0]
    const sentence = wrong ? fieldSentence(wrong, model, reader.t) : sentenceOf(error, reader.t)
    return html(await editorOf(reader, model, id, planned, typed, sentence), { status: error.status })
  }
  forgetChoices(reader.app, model)
  const columns = await shownColumns(reader, model, { columns: [name] })
  const at = columns.findIndex(({ shown }) => shown.field === name)
  const prepared = prepareList(reader, model)
  const now = at < 0 ? undefined : await findRow(reader.records, model, id, [...new Set(needsOf(prepared, columns))])
  // What he may not see any more has left the list.
  if (!now) return html('', { status: 204 })
  const [line] = tableOf(reader, prepared, columns, [now], undefined, '', () => '').body
  const cell = line?.is === 'row' ? line.cells[at] : undefined
  return cell ? html(cellHtml(cell, columns[at]?.column.narrow)) : html('', { status: 204 })
}

const render = templates(new URL('../templates/', import.meta.url))

async function editorOf(
  reader: Reader,
  model: ModelMeta,
  id: string,
  planned: PlannedField,
  typed: Typed,
  error?: string,
): Promise<string> {
  const row = await demandRow(reader, model, id)
  const errors = new Map(error === undefined ? [] : [[planned.name, error]])
  const control = await controlOf(reader, planned, { model, row, isNew: false, typed, errors }, true)
  if (!control || control.kind === 'readonly' || control.kind === 'condition') throw notHere()
  return render('cell-edit', { field: control, version: row.version }, reader.services)
}

/** A field that the form lets one write; what it says only there (a condition, a long text) is not for a cell. */
function demandEditable(reader: Reader, { query }: Request, model: ModelMeta): PlannedField {
  const planned = formPlan(reader, model).fields.get(query.get('field') ?? '')
  const isLong = planned?.field.kind === 'scalar' && (planned.field.long || planned.field.type === 'json')
  if (!planned || planned.fixed || !planned.update.possible || isLong) throw notHere()
  return planned
}

const notHere = (): NotFound => new NotFound('web.not_in_list', 'This is not changed in a list. Open the record.')
