/** POST with an Idempotency-Key happens once: a repetition gets the stored answer. */
import { hash } from 'node:crypto'
import { BadRequest, Conflict, UserError } from '../../errors.ts'
import type { Services } from '../../service/services.ts'
import type { Store } from '../state.ts'

/** The answer to a POST, as it is sent and kept. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The record that the answer shows: only who may still read it gets the answer again. */
  readonly record: string | undefined
}

export interface Once {
  readonly key: string
  /** `POST /api/tickets/:id/close` with the id filled in. */
  readonly route: string
  /** The body as it was sent. */
  readonly text: string
}

/**
 * Runs `change` and keeps its answer in the same transaction, or returns the kept one. The same key with another body is
 * refused with 422; while the first request still runs, 409. What fails is not kept, so it may be tried again.
 */
export async function once(
  services: Services,
  store: Store,
  { key, route, text }: Once,
  change: () => Promise<Answer>,
  mayReplay: (answer: Answer) => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly isReplay: boolean }> {
  const owner = services.context.caller.id
  if (owner === null) throw new BadRequest('request.key_of_nobody', 'An Idempotency-Key belongs to somebody: sign in or send an API key.')
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw new BadRequest('request.wrong_key', 'The Idempotency-Key must be 1 to 255 visible ASCII characters.')
  const request = hash('sha256', text, 'base64url')
  const kept = [owner, key, route]
  return services.records.transaction(async () => {
    // Whoever has the lock is alone with this key until his transaction ends; an insert would make the second one wait for the
    // first instead of telling him. Under read committed the select below then sees what the first one committed.
    const [lock] = (await store.query('select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as free', [kept.join('\n')])).rows
    if (lock?.free !== true)
      throw new Conflict('request.in_flight', 'A request with this Idempotency-Key is still being worked on; try again when it is done.')
    const [row] = (
      await store.query(`select request, status, headers, body, record from tessera_idempotency where ${mine} and ${fresh}`, kept)
    ).rows
    if (row) return { answer: await mayReplay(replayed(row, request)), isReplay: true }
    const answer = await change()
    await store.query(`delete from tessera_idempotency where (${mine}) or (owner = $1 and not ${fresh})`, kept)
    await store.query(
      'insert into tessera_idempotency (owner, key, route, request, status, headers, body, record) values ($1, $2, $3, $4, $5, $6, $7, $8)',
      [...kept, request, answer.status, JSON.stringify(answer.headers), answer.body, answer.record ?? null],
    )
    return { answer, isReplay: false }
  })
}

const mine = 'owner = $1 and key = $2 and route = $3'
const fresh = "at > now() - interval '24 hours'"

class OtherRequest extends UserError {}

function replayed(row: Readonly<Record<string, unknown>>, request: string): Answer {
  if (row.request !== request)
    throw new OtherRequest('request.key_reused', 'This Idempotency-Key was used for another request: take a new key for a new request.')
  return {
    status: Number(row.status),
    headers: row.headers as Readonly<Record<string, string>>,
    body: String(row.body),
    record: typeof row.record === 'string' ? row.record : undefined,
  }
}
