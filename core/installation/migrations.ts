/** Steps between two shapes of a table, run once per database in the order of the modules, and what new fields are filled with. */
import { snake } from '../model/naming.ts'
import type { Composition } from '../module/composition.ts'
import type { Migration } from '../module/module.ts'
import type { Transaction } from '../records/transaction.ts'
import type { Writing } from '../records/writing.ts'
import { pluralCode } from '../texts/codes.ts'
import { type Fill, fillNow } from './backfill.ts'
import { columnsNow } from './columns.ts'
import { type Filling, fillingsOf } from './filling.ts'
import { hashOf } from './manifest.ts'
import type { PlannedMigration, Refusal } from './plan.ts'
import { recomputeFollowers } from './recompute.ts'
import { refusal } from './refusal.ts'
import { largeTable } from './statements.ts'
import { fillLater, unfinishedColumns, unfinishedFills } from './unfinished.ts'

type Declared = Composition['migrations'][number]

export interface PendingMigrations {
  readonly planned: readonly PlannedMigration[]
  readonly refusals: readonly Refusal[]
  /** How long they take, by the number of rows, without what is left to a job. */
  readonly seconds: number
  /**
   * A statement of the schema difference, without the demand that a column which is still to be filled has a value in every row: none
   * where it said nothing else.
   */
  relaxed(statement: string): readonly string[]
  readonly pending: readonly Declared[]
  /** Of modules that come now, whose tables have the newest shape from the start. */
  readonly done: readonly Declared[]
  readonly fillings: readonly Filling[]
  /** By `module name`. */
  readonly checksums: ReadonlyMap<string, string>
}

/**
 * What has not run yet. Columns that got another name are renamed at once, because only then can the schema be compared; that is
 * undone with the transaction when it was only to look. `had` are the modules that the database has already.
 */
export async function pendingMigrations(
  transaction: Transaction,
  installed: Composition,
  had: ReadonlySet<string>,
): Promise<PendingMigrations> {
  const rows = await transaction.run('select module, name, checksum from tessera_migration', [])
  const known = new Map(rows.map(({ module, name, checksum }) => [`${module} ${name}`, checksum as string | null]))
  const open = installed.migrations.filter(({ module, name }) => !known.has(`${module} ${name}`))
  const pending = open.filter(({ module }) => had.has(module))
  const renames = new Map<Declared, readonly string[]>()
  for (const migration of pending) {
    const statements = renamesOf(installed, migration)
    for (const statement of statements) await transaction.run(statement, [])
    renames.set(migration, statements)
  }
  const columns = await columnsNow(transaction)
  const unfinished = await unfinishedColumns(transaction, installed)
  const { fillings, refusals } = await fillingsOf(transaction, { installed, columns, open, unfinished })
  const relaxed = new Set([
    ...unfinished,
    ...fillings.flatMap(({ fill, required }) => required.map((column) => `${fill.model.table}.${column}`)),
  ])
  const checksums = new Map(installed.migrations.map((each) => [`${each.module} ${each.name}`, checksumOf(each)]))
  return {
    planned: plannedOf(pending, renames, fillings),
    refusals: [...refusals, ...changedSince(installed, known, checksums), ...(await stillFilling(transaction, installed, pending))],
    relaxed: (statement) => relax(statement, relaxed),
    seconds: fillings.reduce((sum, { rows }) => sum + (isApart(rows) ? 0 : rows / filledInASecond), 0),
    pending,
    done: open.filter(({ module }) => !had.has(module)),
    fillings,
    checksums,
  }
}

/** Before the schema changes; renamed columns have their new names already. */
export async function startMigrations(transaction: Transaction, { pending }: PendingMigrations): Promise<void> {
  for (const { before } of pending) for (const statement of before) await transaction.run(statement, [])
}

/** After the schema has changed and shipped records are there. Much is left to a job, which `fillMore` does. */
export async function finishMigrations(writing: Writing, transaction: Transaction, migrations: PendingMigrations): Promise<void> {
  const { pending, done, fillings, checksums } = migrations
  for (const { after } of pending) for (const statement of after) await transaction.run(statement, [])
  for (const { fill, required, rows } of fillings) {
    if (isApart(rows)) await fillLater(transaction, fill, required, rows)
    else {
      await fillNow(writing, transaction, fill, required)
      for (const column of required) await transaction.run(notNull(fill.model.table, column), [])
    }
  }
  const now = fillings.filter(({ rows }) => !isApart(rows))
  await recomputeFollowers(
    writing,
    transaction,
    now.map(({ fill }) => fill),
  )
  for (const { module, name } of [...pending, ...done]) {
    await transaction.run('insert into tessera_migration (module, name, checksum) values ($1, $2, $3)', [
      module,
      name,
      checksums.get(`${module} ${name}`),
    ])
  }
  // Those that ran before checksums were kept.
  for (const [key, checksum] of checksums)
    await transaction.run(`update tessera_migration set checksum = $2 where module || ' ' || name = $1 and checksum is null`, [
      key,
      checksum,
    ])
}

/** Measured on two processors, with a value that follows from another. */
const filledInASecond = 10_000

function isApart(rows: number): boolean {
  return rows > largeTable
}

function plannedOf(
  pending: readonly Declared[],
  renames: ReadonlyMap<Declared, readonly string[]>,
  fillings: readonly Filling[],
): readonly PlannedMigration[] {
  const backfillOf = ({ fill, rows }: Filling) => ({ backfill: { model: fill.model.name, rows, apart: isApart(rows) } })
  const demands = ({ fill, required }: Filling) => required.map((column) => notNull(fill.model.table, column))
  const declared = pending.map((migration): PlannedMigration => {
    const filling = fillings.find(({ fill }) => isOf(fill, migration))
    const { module, name, before, after } = migration
    const sql = [...(renames.get(migration) ?? []), ...before, ...after, ...(filling ? demands(filling) : [])]
    return { module, name, sql, ...(filling && backfillOf(filling)) }
  })
  const others = fillings.filter(({ fill }) => !pending.some((migration) => isOf(fill, migration)))
  return [
    ...declared,
    ...others.map((filling) => ({ module: filling.fill.module, name: filling.fill.name, sql: demands(filling), ...backfillOf(filling) })),
  ]
}

function notNull(table: string, column: string): string {
  return `alter table "${table}" alter column "${column}" set not null`
}

function isOf({ module, name }: Fill, migration: Declared): boolean {
  return module === migration.module && name === migration.name
}

/** What a migration did is done: another text under the same name would be done nowhere, or only elsewhere. */
function changedSince(
  installed: Composition,
  known: ReadonlyMap<string, string | null>,
  checksums: ReadonlyMap<string, string>,
): readonly Refusal[] {
  return installed.migrations.flatMap(({ module, name }) => {
    const [was, is] = [known.get(`${module} ${name}`), checksums.get(`${module} ${name}`)]
    if (was === undefined || was === null || was === is) return []
    return [
      refusal(
        'migration.changed',
        'The migration "{name}" of "{module}" has run in this database, and was changed since.',
        { name, module },
        'Put its text back as it was, and write what is to be done now as another migration.',
      ),
    ]
  })
}

async function stillFilling(transaction: Transaction, installed: Composition, pending: readonly Declared[]): Promise<readonly Refusal[]> {
  const all = await unfinishedFills(transaction.run)
  return pending.flatMap(({ name, module, model: handle }) => {
    const model = installed.models.of(handle)
    const left = all.find((each) => each.model === model.name)
    if (!left) return []
    return [
      refusal(
        'migration.still_filling',
        'The migration "{name}" of "{module}" changes {models}, which "{other}" of "{by}" is still filling in: {done} of {rows} are done.',
        {
          name,
          module,
          models: model.plural.toLowerCase(),
          modelsCode: pluralCode(model),
          other: left.name,
          by: left.module,
          done: left.done,
          rows: left.rows,
        },
        'Do it again when all are.',
      ),
    ]
  })
}

/** Of everything that decides what it does; not of how it is laid out. */
function checksumOf({ model, rename, before, after, backfill }: Migration): string {
  return hashOf([model.name, rename, before, after, backfill?.where, backfill && Object.entries(backfill.set).map(textOf)])
}

function textOf([name, value]: readonly [string, unknown]): unknown {
  if (typeof value !== 'object' || value === null || !('code' in value) || !('needs' in value)) return [name, value]
  return [name, value.needs, String(value.code).replace(/[\s;]+/g, '')]
}

function renamesOf(composition: Composition, migration: Declared): string[] {
  const model = composition.models.of(migration.model)
  return Object.entries(migration.rename).flatMap(([from, to]) => {
    const field = model.fields.get(to)
    return field && field.kind !== 'many' && field.column
      ? [`alter table "${model.table}" rename column "${snake(from)}" to "${field.column}"`]
      : []
  })
}

function relax(statement: string, columns: ReadonlySet<string>): readonly string[] {
  const [, table, added, type] = /^alter table "([^"]+)" add "([^"]+)" (.*)$/s.exec(statement) ?? []
  if (columns.has(`${table}.${added}`)) return [`alter table "${table}" add "${added}" ${type!.replace(/ not null\b/, ' null')}`]
  const [, of, column] = /^alter table "([^"]+)" alter column "([^"]+)" set not null$/.exec(statement) ?? []
  return columns.has(`${of}.${column}`) ? [] : [statement]
}
