import { type ModelMeta, NotFound, type Reply, type Request, UserError } from '@tessera/core'
import { keepDone } from '../runs/written-down.ts'
import { done, show } from './answer.ts'
import { versionIn } from './body.ts'
import { forgetChoices } from './choices.ts'
import { demandRow, recordScreen } from './form.ts'
import { formPlan } from './form-plan.ts'
import { archiving } from './list-verbs.ts'
import type { Reader } from './reader.ts'
import { placeIn, withPlace } from './record-pager.ts'
import { updateRow } from './rows.ts'
import { unsavedOf } from './save.ts'

/** Puts one record away, or takes it back: an ordinary write of its field `active`, which one press undoes. */
export async function archiveRecord(reader: Reader, request: Request, model: ModelMeta, id: string): Promise<Reply> {
  if (!archiving(reader, model)) throw new NotFound('http.nothing_here', 'There is nothing at this address.')
  const { t } = reader
  const row = await demandRow(reader, model, id)
  const active = request.query.get('active') === 'true'
  try {
    const { version } = await updateRow(reader.records, model, id, { active }, versionIn(request))
    forgetChoices(reader.app, model)
    const run = typeof version === 'number' && (await keepDone(reader.services, model, 'active', active, { id, version, value: !active }))
    return done(request, withPlace(`/${model.path}/${id}`, placeIn(request.query)), {
      tone: 'success',
      text: t(active ? 'web.taken_back' : 'web.put_away', { name: row.label ?? '' }),
      ...(run && { undo: { label: t('web.undo'), href: `/${model.path}/runs/${run.id}/undo`, method: 'post' as const } }),
    })
  } catch (error) {
    if (!(error instanceof UserError) || error.status === 404 || error.status === 403) throw error
    const unsaved = unsavedOf(reader, model, formPlan(reader, model), error)
    const screen = await recordScreen(reader, request, model, await demandRow(reader, model, id), {
      typed: new Map(),
      ...unsaved,
      wrong: new Map(),
    })
    return show(reader.services, request, 'form', screen, { status: error.status })
  }
}
