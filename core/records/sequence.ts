/** Number sequences: `T-{yyyy}-{00000}`. Each year of a format that names the year counts anew. */
import pg from 'pg'
import type { Connection } from '../database/connection.ts'
import { localTime } from '../model/day.ts'
import type { ScalarField } from '../model/meta.ts'
import type { Transaction } from './transaction.ts'

const made = new WeakMap<Connection, Map<string, Promise<void>>>()

/**
 * The next number of a field. A plain sequence never waits but may leave gaps where a transaction fails; a gap-free one is
 * taken in the last statement before the commit, so that its lock is held as briefly as can be.
 */
export async function numberFor(
  connection: Connection,
  transaction: Transaction,
  field: ScalarField,
  id: string,
  now: Date,
  zone: string,
): Promise<string> {
  const { format, gapFree } = field.sequence!
  const year = localTime(now, zone).slice(0, 4)
  const name = `${field.model.table}_${field.column}${format.includes('{yyyy}') ? `_${year}` : ''}`
  if (!gapFree) {
    await ensureSequence(connection, name)
    return formatted(format, year, await nextOf(transaction, name))
  }
  waitForNumber(transaction, { field, name, format, year }, id)
  return id
}

/** Says that so many records are about to be created in this transaction: their numbers are then taken as one block. */
export function expectNumbers(transaction: Transaction, records: number): void {
  expected.set(transaction, { records, blocks: new Map() })
}
const expected = new WeakMap<Transaction, { readonly records: number; readonly blocks: Map<string, number[]> }>()

async function nextOf(transaction: Transaction, name: string): Promise<number> {
  const { records = 1, blocks } = expected.get(transaction) ?? {}
  const block = blocks?.get(name)
  const left = block?.shift()
  if (left !== undefined) return left
  const text = `select nextval('tessera_seq.${name}')::int as n from generate_series(1, $1::int)`
  const rows = await transaction.run(text, [block ? 1 : records])
  const [first, ...others] = rows.map(({ n }) => n as number)
  blocks?.set(name, others)
  return first!
}

interface Counting {
  readonly field: ScalarField
  readonly name: string
  readonly format: string
  readonly year: string
}
/** The records of a transaction that wait for gap-free numbers, by counter. */
const waiting = new WeakMap<Transaction, Map<string, string[]>>()

/** All records of a transaction take one block at its end: an import holds the counter as briefly as a single record does. */
function waitForNumber(transaction: Transaction, counting: Counting, id: string): void {
  const all = waiting.get(transaction) ?? new Map<string, string[]>()
  waiting.set(transaction, all)
  const ids = all.get(counting.name)
  if (ids) {
    ids.push(id)
    return
  }
  const first = [id]
  all.set(counting.name, first)
  transaction.last(() => takeBlock(transaction, counting, first))
}

async function takeBlock(transaction: Transaction, { field, name, format, year }: Counting, ids: readonly string[]): Promise<void> {
  const { table } = field.model
  // What is created from here on, at the end of the transaction, waits for a block of its own.
  waiting.get(transaction)?.delete(name)
  // A record that was undone meanwhile takes no number with it.
  const kept = await transaction.run(`select "id" as id from "${table}" where "id" = any($1::uuid[])`, [ids])
  const there = new Set(kept.map((row) => row.id))
  const numbered = ids.filter((id) => there.has(id))
  if (numbered.length === 0) return
  const [row] = await transaction.run(
    `insert into tessera_counter (name, value) values ($1, $2)
     on conflict (name) do update set value = tessera_counter.value + $2 returning value as n`,
    [name, numbered.length],
  )
  const before = Number(row!.n) - numbered.length
  const numbers = numbered.map((_, at) => formatted(format, year, before + at + 1))
  await transaction.run(
    `update "${table}" set "${field.column}" = given.number from unnest($1::uuid[], $2::text[]) as given (id, number) where "${table}"."id" = given.id`,
    [numbered, numbers],
  )
}

/** Once per process; what failed is tried again. */
function ensureSequence(connection: Connection, name: string): Promise<void> {
  const known = made.get(connection) ?? new Map<string, Promise<void>>()
  made.set(connection, known)
  const making = known.get(name) ?? makeSequence(connection, name)
  known.set(name, making)
  making.catch(() => known.delete(name))
  return making
}

/**
 * Outside the transaction: making a sequence must not be undone with it. On a connection of its own: all of the pool's may be
 * held by transactions that wait for this.
 */
async function makeSequence({ pool }: Connection, name: string): Promise<void> {
  const client = new pg.Client(pool.options)
  await client.connect()
  try {
    await client.query(`create sequence if not exists tessera_seq."${name}"`)
  } catch (error) {
    // Two processes at once: the other one made it.
    if (!(error instanceof Error && 'code' in error && (error.code === '23505' || error.code === '42P07'))) throw error
  } finally {
    await client.end()
  }
}

function formatted(format: string, year: string, n: number): string {
  return format.replace('{yyyy}', year).replace(/\{(0+)\}/, (_, zeros: string) => String(n).padStart(zeros.length, '0'))
}
