/** One action on many records: `POST /api/tickets/close` with `{ "ids": […], … }`. Each record is done or refused by itself. */
import type { Action } from '../../action/action.ts'
import { BadRequest, UserError } from '../../errors.ts'
import type { Erased } from '../../model/types.ts'
import type { Services } from '../../service/services.ts'
import { readJson } from '../body.ts'
import { sentenceOf, speaker } from '../problem.ts'
import type { Http, HttpDeps, Store } from '../state.ts'
import { sendOnce } from './answer.ts'
import { objectIn } from './resource.ts'

export async function actOnMany(http: Http, services: Services, deps: HttpDeps, action: Action): Promise<void> {
  const { value, text } = await readJson(http.req)
  const { ids, ...input } = objectIn(value)
  const wanted = idsIn(ids)
  const say = speaker(services)
  // Each has its own transaction; an Idempotency-Key needs one around all of them, in which each gets a savepoint.
  const alone = http.get('Idempotency-Key') === '' ? (act: () => Promise<unknown>) => act() : inSavepoint(deps.sqlInTransaction(services))
  const run = async () => {
    const done: string[] = []
    const refused: { id: string; code: string; detail: string }[] = []
    for (const id of wanted) {
      try {
        await alone(() => services.records.act<Erased, Erased>(action, id, input))
        done.push(id)
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        refused.push({ id, code: error.code, detail: sentenceOf(error, say) })
      }
    }
    return { status: 200, headers: {}, body: JSON.stringify({ done, refused }), record: undefined }
  }
  await sendOnce(http, services, deps, text, run)
}

function inSavepoint(store: Store): (act: () => Promise<unknown>) => Promise<void> {
  return async (act) => {
    await store.query('savepoint one_record', [])
    try {
      await act()
    } catch (error) {
      await store.query('rollback to savepoint one_record', [])
      throw error
    }
    await store.query('release savepoint one_record', [])
  }
}

const mostRecords = 1_000

function idsIn(value: unknown): readonly string[] {
  const isIds =
    Array.isArray(value) && value.length > 0 && value.length <= mostRecords && value.every((id) => typeof id === 'string' && uuid.test(id))
  if (!isIds)
    throw new BadRequest(
      'request.wrong_ids',
      '"ids" must be a list of 1 to {most} ids.',
      { most: mostRecords },
      {
        errors: [
          { field: 'ids', code: 'request.wrong_ids', text: '"ids" must be a list of 1 to {most} ids.', values: { most: mostRecords } },
        ],
      },
    )
  return [...new Set<string>(value)]
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i
