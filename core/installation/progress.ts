/** How far operations are, as others read it. */
import { fill } from '../errors.ts'
import type { Operation, PlannedModule, Verb } from './plan.ts'
import type { Query } from './state.ts'
import { type Files, operationName } from './tracking.ts'

export interface Progress {
  readonly id: string
  readonly verb: Verb
  readonly names: readonly string[]
  readonly state: 'running' | 'done' | 'failed'
  readonly step: number
  readonly steps: number
  /** In English, as it is named in plans: `create table program`. */
  readonly doing: string
  /** `code` and `values` find the translation of `sentence`, where there is one. */
  readonly failure?: {
    readonly sentence: string
    readonly code?: string | undefined
    readonly values?: Readonly<Record<string, unknown>> | undefined
    readonly hint?: string | undefined
  }
  /** Of one that failed, what it had done by then. */
  readonly left?: Left
  /** Of one that is done. */
  readonly modules: readonly PlannedModule[]
  readonly files: Files
  /** A user's id; null for whoever sat at the command line. */
  readonly askedBy: string | null
  readonly begunAt: Date
  readonly endedAt: Date | null
}

/** A sentence with what finds its translation. */
export interface Left {
  readonly sentence: string
  readonly code: string
  readonly values: Readonly<Record<string, unknown>>
}

/** Begins the row of an operation that another process will do. */
export async function beginRow(query: Query, id: string, { verb, names }: Operation, digest: string, askedBy: string): Promise<void> {
  await query('insert into tessera_operation (id, verb, names, digest, asked_by) values ($1, $2, $3, $4, $5)', [
    id,
    verb,
    names,
    digest,
    askedBy,
  ])
}

/** The last ones, the newest first; or the one with this id. */
export async function readProgress(query: Query, which: { readonly id: string } | { readonly most: number }): Promise<readonly Progress[]> {
  const rows = await query(
    `select o.*, state = 'running' and updated_at < now() - interval '${graceSeconds} s'
              and not exists (select from pg_stat_activity where application_name = $1 || o.id::text) as died
       from tessera_operation o where $2::uuid is null or id = $2 order by begun_at desc limit $3`,
    [operationName(''), 'id' in which ? which.id : null, 'id' in which ? 1 : which.most],
  )
  return rows.map(progressOf)
}

/** Until then its process may still be starting. */
const graceSeconds = 30

function progressOf(row: Readonly<Record<string, unknown>>): Progress {
  const { id, names, step, steps, doing, error, asked_by: askedBy, begun_at: begunAt, ended_at: endedAt, died } = row
  const verb = row.verb as Verb
  const { modules = [], files = {}, hidden = [], ...about } = (row.result ?? {}) as Result
  const state = died ? 'failed' : (row.state as Progress['state'])
  const isHalf = state === 'failed' && hidden.length > 0
  const failure = died ? (isHalf ? diedHalfWay : diedAlone) : state === 'failed' ? { ...about, sentence: String(error) } : undefined
  return {
    id: String(id),
    verb,
    names: names as readonly string[],
    state,
    step: Number(step),
    steps: Number(steps),
    doing: String(doing),
    ...(failure && { failure }),
    ...(isHalf && { left: leftBy(verb, hidden) }),
    modules,
    files,
    askedBy: (askedBy as string | null) ?? null,
    begunAt: begunAt as Date,
    endedAt: (endedAt as Date | null) ?? null,
  }
}

/** What becomes of an operation, as its row keeps it. */
type Result = Partial<Omit<NonNullable<Progress['failure']>, 'sentence'> & Pick<Progress, 'modules' | 'files'>> & {
  /** What goes out of use before it is dropped. */
  readonly hidden?: readonly string[]
}

/** What is true of an operation that hid these and came no further, whatever was done since. */
export function leftBy(verb: Verb, hidden: readonly string[]): Left {
  const values = { names: hidden.join(', ') }
  const said = verb === 'field' ? leftHidden : leftDisabled
  return { code: said.code, sentence: fill(said.text, values), values }
}

const leftDisabled = {
  code: 'modules.left_disabled',
  text: 'It had disabled {names} and dropped nothing: uninstall again to go on, or enable to go back.',
}
const leftHidden = {
  code: 'modules.left_hidden',
  text: 'It had hidden the field {names} and dropped nothing: remove it again to go on, or change it to go back.',
}

const diedAlone = {
  code: 'modules.died',
  sentence: 'The process of this operation ended before it was done, so its transaction was undone and nothing has changed.',
  hint: 'Read the plan again and begin anew; the log of the server may say why.',
}
const diedHalfWay = {
  code: 'modules.died_half_way',
  sentence: 'The process of this operation ended before it was done.',
  hint: 'The log of the server may say why.',
}
