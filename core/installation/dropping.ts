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
  const changes: SchemaChange[] = []
  const exports: { name: string; sql: string }[] = []
  const sequences: string[] = []
  let [rows, values] = [0, 0]
  const tables = Object.entries(gone).filter(([, { whole }]) => whole)
  const present = await presentColumns(transaction, Object.keys(gone))

  for (const [table, { columns, whole }] of Object.entries(gone)) {
    const names = Object.keys(columns).filter((column) => present.has(`${table}.${column}`))
    if (whole || names.length === 0) continue
    const counts = await countsOf(transaction, table, names)
    for (const column of names) {
      const { within, sequence, module: owner } = columns[column]!
      if (sequence) sequences.push(sequence)
      const held = counts.values[column] ?? 0
      const change = { module: owner, table, rows: counts.rows, seconds: 0, apart: false }
      if (within && held > 0) {
        exports.push({ name: `${table} of ${column}`, sql: `select * from "${table}" where "${column}" is not null` })
        const sql = [`delete from "${table}" where "${column}" is not null`]
        changes.push({ ...change, kind: 'remove rows', name: column, about: `rows that belong to "${column}"`, values: held, sql })
        rows += held
      } else values += held
      const sql = [`alter table "${table}" drop column "${column}"`]
      changes.push({ ...change, kind: 'drop column', name: column, about: undefined, values: held, sql })
    }
    const held = names.filter((column) => (counts.values[column] ?? 0) > 0).map((column) => `"${column}"`)
    if (held.length > 0)
      exports.push({
        name: `columns of ${table}`,
        sql: `select "id", ${held.join(', ')} from "${table}" where ${held.map((column) => `${column} is not null`).join(' or ')}`,
      })
  }

  const models = tables.flatMap(([, { model }]) => model ?? [])
  if (journal && models.length > 0) {
    const where = `"model" in (${models.map((model) => `'${model}'`).join(', ')})`
    const [found] = await transaction.run(`select count(*)::int as rows from "${journal.table}" where ${where}`, [])
    const held = Number(found?.rows ?? 0)
    if (held > 0) {
      exports.push({ name: journal.table, sql: `select * from "${journal.table}" where ${where}` })
      changes.push({
        kind: 'remove rows',
        module: undefined,
        table: journal.table,
        name: undefined,
        about: `history of ${models.join(', ')}`,
        rows: held,
        values: held,
        seconds: 0,
        sql: [`delete from "${journal.table}" where ${where}`],
        apart: false,
      })
      rows += held
    }
  }

  const there = tables.filter(([table]) => [...present].some((column) => column.startsWith(`${table}.`)))
  // Tables that point at each other can only go when none of them does.
  const keys = await keysBetween(
    transaction,
    there.map(([table]) => table),
  )
  for (const [table, { module, columns }] of there) {
    for (const { sequence } of Object.values(columns)) if (sequence) sequences.push(sequence)
    const counts = await countsOf(transaction, table, [])
    if (counts.rows > 0) exports.push({ name: table, sql: `select * from "${table}"` })
    rows += counts.rows
    changes.push({
      kind: 'drop table',
      module,
      table,
      name: undefined,
      about: undefined,
      rows: counts.rows,
      values: counts.rows,
      seconds: 0,
      sql: keys.filter((key) => key.table === table).map(({ name }) => `alter table "${table}" drop constraint "${name}"`),
      apart: false,
    })
  }
  const dropped = there.map(([table]) => `"${table}"`).join(', ')
  const last = changes.at(-1)
  if (last && there.length > 0) changes[changes.length - 1] = { ...last, sql: [...last.sql, `drop table ${dropped}`] }
  changes.push(...(await countersOf(transaction, sequences)))
  return { changes, exports, rows, values }
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
  const about = { module: undefined, table: undefined, about: 'counter', rows: 0, values: undefined, seconds: 0, apart: false }
  return [
    ...sequences.map(({ name }) => ({
      ...about,
      kind: 'other' as const,
      name: String(name),
      sql: [`drop sequence tessera_seq."${String(name)}"`],
    })),
    { ...about, kind: 'other' as const, name: 'tessera_counter', sql: [`delete from tessera_counter where name ~ '${pattern}'`] },
  ]
}
