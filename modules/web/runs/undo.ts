/** Puts back what nobody has changed since, by the same way as it was changed. */
import { Conflict, type ModelMeta, type Reply, type Request } from '@tessera/core'
import { BulkFormer, BulkRun } from '../bulk-run.model.ts'
import { done, ownPath } from '../server/answer.ts'
import { textIn } from '../server/body.ts'
import { resultOf } from '../server/bulk.ts'
import type { Deed } from '../server/bulk-deed.ts'
import { forgetChoices } from '../server/choices.ts'
import { mostAtOnce } from '../server/list.ts'
import { refererOf } from '../server/preferences.ts'
import type { Reader } from '../server/reader.ts'
import { accountOf } from './carry-on.ts'
import { demandRun, type OfRun } from './own-run.ts'
import { goOn, writeDown } from './written-down.ts'

/** POST: where many are put back, or some refused, on to the page that says so; else back to where it was pressed. */
export async function undoRun(reader: Reader, request: Request<OfRun>, model: ModelMeta): Promise<Reply> {
  const { services, t } = reader
  const undone = await goOn(services, await beginUndo(reader, model, await demandRun(reader, model, request.params.run)))
  const page = `/${model.path}/runs/${undone.id}`
  if (undone.total > mostAtOnce) return done(request, page)
  forgetChoices(reader.app, model)
  const text = `${t('web.undone')}: ${resultOf(reader, undone)}`
  if (undone.refusals > 0) return done(request, page, { tone: 'error', text })
  return done(request, ownPath(textIn(request, 'back'), refererOf(request, `/${model.path}`)), { tone: 'success', text })
}

/** Of two who press at once one begins. */
async function beginUndo({ services }: Reader, model: ModelMeta, { id, deed, name }: BulkRun): Promise<string> {
  const account = accountOf(services)
  return services.records.transaction(async () => {
    const run = await account.lock(BulkRun, id)
    if (run.finishedAt === null)
      throw new Conflict('web.run_goes_on', 'This change still goes on. Wait until it is done, or stop it first.')
    if (await undoingOf({ records: account }, id)) throw new Conflict('web.run_undone', 'This change was put back already.')
    const records = await formerOf(services, id)
    if (records.length === 0)
      throw new Conflict('web.run_no_undo', 'This change cannot be put back: of what was there before, nothing is kept.')
    return writeDown(services, model, undoing(services, model, deed, name), records, id)
  })
}

/** By the action that undoes it, or by the values that were kept of a field. */
function undoing({ app }: Reader['services'], model: ModelMeta, deed: BulkRun['deed'], name: string): Deed {
  const action =
    deed === 'action'
      ? app
          .actions(model)
          .find((each) => each.name === name)
          ?.undoneBy?.()
      : undefined
  return action ? { deed: 'action', action, input: {} } : { deed: 'undo', field: name, former: new Map() }
}

/** Whether there is something to put back. */
export async function canBeUndone({ records }: Pick<Reader, 'records'>, { id, deed, finishedAt }: BulkRun): Promise<boolean> {
  return (deed === 'edit' || deed === 'action') && finishedAt !== null && (await records.find(BulkFormer, { run: id })) !== null
}

/** The run that puts this one back, or did. */
export function undoingOf({ records }: Pick<Reader, 'records'>, id: string): Promise<BulkRun | null> {
  return records.find(BulkRun, { undoes: id })
}

async function formerOf(services: Reader['services'], run: string): Promise<readonly string[]> {
  const records: string[] = []
  for (let cursor: string | undefined; ; ) {
    const { rows, next } = await accountOf(services).query(BulkFormer, {
      fields: ['record'],
      where: { run },
      order: { id: 'asc' },
      limit: 200,
      ...(cursor !== undefined && { cursor }),
    })
    records.push(...rows.map(({ record }) => record))
    if (next === null) return records
    cursor = next
  }
}
