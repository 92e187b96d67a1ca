/** What goes with modules that leave: tables, columns, rows that have no other place, counters. */
import type { Transaction } from '../records/transaction.ts'
import type { Gone } from './leaving.ts'
import type { SchemaChange } from './plan.ts'

export interface Dropping {
  readonly changes: readonly SchemaChange[]
  /** What to keep a copy of before it goes: a name and a `select`. */
  readonly exports: readonly { readonly name: string; readonly sql: string }[]
  readonly rows: number
  readonly values: number
}

/** Counts what `gone` holds in the database, and says how it is dropped. What is not there any more is left out. */
export async function droppingOf(transaction: Transaction, gone: Gone, journal: { readonly table: string } | undefined): Promise<Dropping> {
  const present = await presentColumns(transaction, Object.keys(gone))
  const there = Object.entries(gone).flatMap(([table, { columns, ...about }]): readonly Going[] => {
    const names = Object.keys(columns).filter((column) => present.has(`${table}.${column}`))
    return names.length === 0 ? [] : [{ ...about, table, columns, names }]
  })
  const whole = there.filter((each) => each.whole)
  const parts: Dropping[] = []
  for (const each of there) if (!each.whole) parts.push(await columnsGoing(transaction, each))
  if (journal) parts.push(await historyGoing(transaction, journal, whole))
  parts.push(await tablesGoing(transaction, whole))
  const sequences = there.flatMap(({ columns, names }) => names.flatMap((name) => columns[name]!.sequence ?? []))
  return {
    changes: [...parts.flatMap(({ changes }) => changes), ...(await countersOf(transaction, sequences))],
    exports: parts.flatMap(({ exports }) => exports),
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    values: parts.reduce((sum, { values }) => sum + values, 0),
  }
}

type Going = Gone[string] & { readonly table: string; readonly names: readonly string[] }

/** Columns of a table that stays; rows that belong to one of them have no other place, and go with it. */
async function columnsGoing(transaction: Transaction, { table, columns, names }: Going): Promise<Dropping> {
  const counts = await countsOf(transaction, table, names)
  const held = (column: string) => counts.values[column] ?? 0
  const isWithin = (column: string) => columns[column]!.within === true && held(column) > 0
  const change = (column: string, more: Pick<SchemaChange, 'kind' | 'about' | 'sql'>): SchemaChange => {
    return { ...nothing, ...more, module: columns[column]!.module, table, name: column, rows: counts.rows, values: held(column) }
  }
  const filled = names.filter((column) => held(column) > 0)
  const some = filled.map((column) => `"${column}" is not null`).join(' or ')
  const selected = ['"id"', ...filled.map((column) => `"${column}"`)].join(', ')
  return {
    changes: names.flatMap((column) => [
      ...(isWithin(column)
        ? [
            change(column, {
              kind: 'remove rows',
              about: `rows that belong to "${column}"`,
              sql: [`delete from "${table}" where "${column}" is not null`],
            }),
          ]
        : []),
      change(column, { kind: 'drop column', about: undefined, sql: [`alter table "${table}" drop column "${column}"`] }),
    ]),
    exports: [
      ...names.filter(isWithin).map((column) => ({
        name: `${table} of ${column}`,
        sql: `select * from "${table}" where "${column}" is not null`,
      })),
      ...(filled.length > 0 ? [{ name: `columns of ${table}`, sql: `select ${selected} from "${table}" where ${some}` }] : []),
    ],
    rows: names.filter(isWithin).reduce((sum, column) => sum + held(column), 0),
    values: filled.filter((column) => !isWithin(column)).reduce((sum, column) => sum + held(column), 0),
  }
}

/** What was done to records of models that go: nobody could read it any more. */
async function historyGoing(transaction: Transaction, { table }: { readonly table: string }, whole: readonly Going[]): Promise<Dropping> {
  const models = whole.flatMap(({ model }) => model ?? [])
  const where = `"model" in (${models.map((model) => `'${model}'`).join(', ')})`
  const [found] = models.length > 0 ? await transaction.run(`select count(*)::int as rows from "${table}" where ${where}`, []) : []
  const rows = Number(found?.rows ?? 0)
  if (rows === 0) return { changes: [], exports: [], rows: 0, values: 0 }
  const sql = [`delete from "${table}" where ${where}`]
  return {
    changes: [{ ...nothing, kind: 'remove rows', table, about: `history of ${models.join(', ')}`, rows, values: rows, sql }],
    exports: [{ name: table, sql: `select * from "${table}" where ${where}` }],
    rows,
    values: 0,
  }
}

/** Tables that point at each other can only go when none of them does: the constraints between them first, then all at once. */
async function tablesGoing(transaction: Transaction, whole: readonly Going[]): Promise<Dropping> {
  const tables = whole.map(({ table }) => table)
  const keys = await keysBetween(transaction, tables)
  const changes: SchemaChange[] = []
  for (const [at, { table, module }] of whole.entries()) {
    const { rows } = await countsOf(transaction, table, [])
    const sql = keys.filter((key) => key.table === table).map(({ name }) => `alter table "${table}" drop constraint "${name}"`)
    const isLast = at === whole.length - 1
    const all = isLast ? [`drop table ${tables.map((each) => `"${each}"`).join(', ')}`] : []
    changes.push({ ...nothing, kind: 'drop table', module, table, rows, values: rows, sql: [...sql, ...all] })
  }
  return {
    changes,
    exports: changes.flatMap(({ table, rows }) => (rows > 0 ? [{ name: String(table), sql: `select * from "${table}"` }] : [])),
    rows: changes.reduce((sum, { rows }) => sum + rows, 0),
    values: 0,
  }
}

const nothing = {
  module: undefined,
  table: undefined,
  name: undefined,
  about: undefined,
  rows: 0,
  values: undefined,
  seconds: 0,
  apart: false,
}

async function presentColumns(transaction: Transaction, tables: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await transaction.run(
    `select table_name || '.' || column_name as name from information_schema.columns
      where table_schema = current_schema() and table_name = any($1)`,
    [tables],
  )
  return new Set(rows.map(({ name }) => String(name)))
}

/** The rows of a table, and how many of them have a value in each of the columns. */
async function countsOf(
  transaction: Transaction,
  table: string,
  columns: readonly string[],
): Promise<{ rows: number; values: Readonly<Record<string, number>> }> {
  const counted = ['count(*)::int as "*"', ...columns.map((column) => `count("${column}")::int as "${column}"`)]
  const [found] = await transaction.run(`select ${counted.join(', ')} from "${table}"`, [])
  const { '*': rows = 0, ...values } = found as Record<string, number>
  return { rows, values }
}

async function keysBetween(transaction: Transaction, tables: readonly string[]): Promise<readonly { table: string; name: string }[]> {
  const rows = await transaction.run(
    `select c.conrelid::regclass::text as table, c.conname as name from pg_constraint c
      where c.contype = 'f' and c.confrelid = any(select to_regclass(quote_ident(t)) from unnest($1::text[]) t)
        and c.conrelid = any(select to_regclass(quote_ident(t)) from unnest($1::text[]) t)`,
    [tables],
  )
  return rows.map(({ table, name }) => ({ table: String(table).replaceAll('"', ''), name: String(name) }))
}

/** Sequences and counters, one for each year where the number names it. */
async function countersOf(transaction: Transaction, names: readonly string[]): Promise<readonly SchemaChange[]> {
  if (names.length === 0) return []
  const pattern = `^(${names.join('|')})(_[0-9]{4})?$`
  const sequences = await transaction.run(
    `select sequencename as name from pg_sequences where schemaname = 'tessera_seq' and sequencename ~ $1`,
    [pattern],
  )
  const about = { ...nothing, kind: 'other' as const, about: 'counter' }
  return [
    ...sequences.map(({ name }) => ({ ...about, name: String(name), sql: [`drop sequence tessera_seq."${String(name)}"`] })),
    { ...about, name: 'tessera_counter', sql: [`delete from tessera_counter where name ~ '${pattern}'`] },
  ]
}
