import { BadRequest, type ModelMeta, type Reply, type Request, UserError } from '@tessera/core'
import { done, json, ownPath, show, wantsJson } from './answer.ts'
import { textIn, versionIn } from './body.ts'
import { movedTo } from './calendar-days.ts'
import { placed } from './card-place.ts'
import { demandRow, recordScreen } from './form.ts'
import { formPlan } from './form-plan.ts'
import type { Reader } from './reader.ts'
import { placeIn, withPlace } from './record-pager.ts'
import { updateRow } from './rows.ts'
import { unsavedOf } from './save.ts'
import { sentenceOf } from './sentence.ts'

/** One field of one record, from the status bar (`field`, `value`), a board or a calendar (`to`): an ordinary update, so the actions that own it do it. */
export async function moveRecord(reader: Reader, request: Request, model: ModelMeta, id: string): Promise<Reply> {
  const name = textIn(request, 'field') ?? request.query.get('field') ?? ''
  const value = textIn(request, 'value') ?? textIn(request, 'to') ?? ''
  const { form, kanban, calendar } = reader.app.screens(model)
  if (name !== form.status && name !== kanban?.by && name !== calendar?.date) {
    throw new BadRequest('web.not_movable', 'A record cannot be moved by "{field}".', { field: name })
  }
  const back = ownPath(textIn(request, 'back'), withPlace(`/${model.path}/${id}`, placeIn(request.query)))
  try {
    const changes = await changesOf(reader, request, model, id, name, value)
    // Where a card stands follows from no other value of it, so that it matters to nobody which version was shown.
    const row = await updateRow(reader.records, model, id, changes, name in changes ? versionIn(request) : undefined)
    return wantsJson(request) ? json({ version: row.version }) : done(request, back)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    if (wantsJson(request)) return json({ status: error.status, code: error.code, detail: reasonOf(reader, model, error) }, error.status)
    if (error.status === 404) throw error
    // From the board without a script, too: the record itself says why it stays.
    const row = await demandRow(reader, model, id)
    const unsaved = unsavedOf(reader, model, formPlan(reader, model), error)
    const screen = await recordScreen(reader, request, model, row, { typed: new Map(), ...unsaved, wrong: new Map() })
    return show(reader.services, request, 'form', screen, { status: error.status })
  }
}

async function changesOf(
  reader: Reader,
  request: Request,
  model: ModelMeta,
  id: string,
  name: string,
  value: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { kanban, calendar } = reader.app.screens(model)
  if (calendar && name === calendar.date) return movedTo(reader, model, calendar, id, value)
  // A status bar says `value`, and nothing of a place.
  if (name === kanban?.by && textIn(request, 'value') === undefined) return placed(reader, request, model, kanban, id, value)
  return { [name]: value === '' ? null : value }
}

/** The reasons of the fields say more than their number. */
function reasonOf(reader: Reader, model: ModelMeta, error: UserError): string {
  const { summary } = unsavedOf(reader, model, formPlan(reader, model), error)
  return summary?.items.map(({ text }) => text).join(' ') || sentenceOf(error, reader.t)
}
