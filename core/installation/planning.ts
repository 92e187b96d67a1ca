/** Makes the plan of an operation, and does what it says: both inside one transaction, so that nothing can come between. */
import { createHash } from 'node:crypto'
import type { MikroORM } from '@mikro-orm/postgresql'
import { announce } from '../database/announcements.ts'
import type { Composition } from '../module/composition.ts'
import type { Transaction } from '../records/transaction.ts'
import type { Writing } from '../records/writing.ts'
import { type Dropping, droppingOf } from './dropping.ts'
import { fieldUses } from './field-uses.ts'
import { leavingOf } from './leaving.ts'
import { type Manifest, manifestOf } from './manifest.ts'
import { finishMigrations, type PendingMigrations, pendingMigrations, startMigrations } from './migrations.ts'
import { fieldDeclared, keepFields, storedRefusals } from './own-fields.ts'
import type { DataChange, DeclaredChange, Operation, Plan, Refusal, SchemaChange } from './plan.ts'
import { changeRawDdl, rawDdlChanges } from './raw-ddl.ts'
import { recompute } from './recompute.ts'
import { refusal } from './refusal.ts'
import { schemaDifference } from './schema.ts'
import { type DataAbout, planData, shipData } from './ship.ts'
import { type InstalledState, keepState } from './state.ts'
import { changeOf, tableOf } from './statements.ts'
import type { Target } from './target.ts'
import { lockTogether } from './together.ts'
import { removeShipped } from './uses.ts'

/** An application as it is after the operation, connected to the database as it is before. */
export interface Installing {
  /** As the system. */
  readonly writing: Writing
  /** Of all modules that the database will have; `writing.composition` leaves out the disabled ones. */
  readonly installed: Composition
  readonly orm: MikroORM
  /** Of `installed`: everything that decides how the database must look. */
  readonly fingerprint: string
}

export interface Prepared {
  readonly plan: Plan
  /** What goes, to be kept in an archive first. */
  readonly dropping: Dropping
  /** Does exactly what the plan says, in the transaction in which it was made. */
  carryOut(progress: (doing: string) => Promise<void>): Promise<void>
  /** How often `progress` is called. */
  readonly steps: number
}

/** Plans inside `transaction`. Nothing but renamed columns is changed by it; roll the transaction back when it was only to look. */
export async function prepare(
  { writing, installed, orm, fingerprint }: Installing,
  transaction: Transaction,
  state: InstalledState | undefined,
  operation: Operation,
  target: Target,
): Promise<Prepared> {
  const { composition } = writing
  const had = new Set(state?.modules.map(({ name }) => name))
  const migrations = await pendingMigrations(transaction, installed, had)
  const bare = manifestOf(installed, composition)
  const about = { before: state?.manifest, after: bare, installed: state?.modules ?? [], staying: target.modules, operation }
  const { leaves, left } = leavingOf(about)
  const manifest: Manifest = Object.keys(left).length === 0 ? bare : { ...bare, left }

  const additions = state?.fingerprint === fingerprint ? [] : await additionsTo({ orm }, transaction, manifest, migrations)
  const ddl = state?.fingerprint === fingerprint ? [] : await rawDdlChanges(installed, transaction)
  const dropping = await droppingOf(transaction, leaves, journalOf(composition))
  const aboutData: DataAbout = {
    staying: new Set(target.modules.map(({ name }) => name)),
    replace: operation.replace ?? {},
    installed,
    telling: new Set(target.planned.filter(({ becomes }) => becomes !== 'unchanged').map(({ name }) => name)),
  }
  const data = await planData(writing, transaction, aboutData)
  const model = operation.field && composition.models.byName(operation.field.model)
  const ofFields = [
    ...(await storedRefusals(transaction, operation, state, model)),
    ...(await fieldUses(transaction, operation, composition)),
  ]
  // Of a database that was made before manifests were kept, nobody knows what its modules brought.
  const declared = state && !state.manifest ? [] : declaredChanges(state?.manifest?.declared ?? {}, manifest.declared)
  const now = additions.filter(({ apart }) => !apart)
  const schema = [...additions, ...ddl, ...dropping.changes]
  const said: Omit<Plan, 'digest'> = {
    operation,
    modules: target.planned,
    migrations: migrations.planned,
    schema: schema.map(plain),
    declared: [...declared, ...fieldDeclared(operation, state, composition, declared)],
    data: data.map(({ change }) => change),
    refusals: [
      ...target.refusals,
      ...migrations.refusals,
      ...ofFields,
      ...data.flatMap(({ change, refusal }) => refusal ?? stillInUse(change) ?? []),
    ],
    seconds: schema.reduce((sum, { seconds, apart }) => sum + (apart ? 0 : seconds), migrations.seconds),
    loses: { rows: dropping.rows, values: dropping.values },
  }
  const back = target.planned.filter(({ becomes }) => becomes === 'enabled').map(({ name }) => name)
  const plan: Plan = { ...said, digest: digestOf(said, state) }

  return {
    plan,
    dropping,
    steps: now.length + dropping.changes.length + 2,
    async carryOut(progress) {
      const run = async (change: SchemaChange) => {
        await progress(inWords(change))
        for (const statement of change.sql) await transaction.run(statement, [])
      }
      const changes = [...migrations.planned, ...now, ...ddl, ...dropping.changes]
      await lockTogether(
        transaction,
        changes.flatMap(({ sql }) => sql),
      )
      await startMigrations(transaction, migrations)
      for (const change of now) await run(change)
      for (const change of additions) if (change.apart) await buildLater(transaction, change)
      for (const change of ddl) await changeRawDdl(transaction, change)
      await progress('Shipped records')
      await shipData(writing, transaction, data)
      await finishMigrations(writing, transaction, migrations)
      await recompute(writing, transaction, back)
      for (const change of dropping.changes) await run(change)
      await removeShipped(writing, transaction, data, aboutData)
      const removed = target.planned.filter(({ becomes }) => becomes === 'removed').map(({ name }) => name)
      if (removed.length > 0) for (const { declaration } of composition.modules) await declaration.uninstalled(removed, writing.services)
      await progress('The list of modules')
      await keepFields(transaction, operation, installed, writing.actor)
      await keep(transaction, { state, target, manifest, fingerprint, isEmpty: isEmpty(plan) })
    },
  }
}

/** Whether anything at all would be done. */
export function isEmpty({ modules, schema, declared, data, migrations }: Plan): boolean {
  const rests = modules.every(({ becomes }) => becomes === 'unchanged')
  return rests && schema.length + declared.length + migrations.length + data.filter(({ change }) => change !== 'kept').length === 0
}

/** What the models need and the database has not; indexes that are being built already are not told again. */
async function additionsTo(
  installing: Pick<Installing, 'orm'>,
  transaction: Transaction,
  manifest: Manifest,
  migrations: PendingMigrations,
): Promise<readonly SchemaChange[]> {
  const statements = (await schemaDifference(installing, transaction)).flatMap((statement) => migrations.relaxed(statement))
  const waiting = new Set((await transaction.run('select name from tessera_index', [])).map(({ name }) => name))
  const tables = new Set(statements.flatMap((statement) => tableOf(statement) ?? []))
  const rows = new Map<string, number>()
  for (const table of tables) rows.set(table, await countOf(transaction, table))
  return statements
    .map((statement) => changeOf(statement, { manifest, rows: (table) => rows.get(table) ?? 0 }))
    .filter(({ kind, name }) => kind !== 'create index' || !waiting.has(name))
}

async function countOf(transaction: Transaction, table: string): Promise<number> {
  const [known] = await transaction.run('select to_regclass(quote_ident($1)) is not null as exists', [table])
  if (!known?.exists) return 0
  const [found] = await transaction.run(`select count(*)::int as rows from "${table}"`, [])
  return Number(found?.rows)
}

function declaredChanges(before: Manifest['declared'], after: Manifest['declared']): readonly DeclaredChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return keys.flatMap((key): readonly DeclaredChange[] => {
    const [was, is] = [before[key], after[key]]
    if (was?.hash === is?.hash) return []
    const { kind, module, name, label, labels } = is ?? was!
    return [{ kind, change: !was ? 'added' : !is ? 'removed' : 'changed', module, name, label, ...(labels && { labels }) }]
  })
}

function stillInUse({ change, key, label, module, uses = [] }: DataChange): Refusal | undefined {
  if (change !== 'in use') return undefined
  const where = uses.map(({ model, count }) => `${count} × ${model}`).join(', ')
  return refusal(
    'module.record_in_use',
    '"{label}" comes from "{module}" and is still used by {where}.',
    { label, module, where, key },
    'Say what takes its place: --replace {key}=…',
  )
}

/** Counts are left out: they change while people work, and what is done does not depend on them. */
function digestOf({ operation, modules, migrations, schema, data }: Omit<Plan, 'digest'>, state: InstalledState | undefined): string {
  const parts = [
    operation,
    state?.revision ?? 0,
    state?.fingerprint ?? '',
    modules,
    migrations.map(({ module, name, sql }) => [module, name, sql]),
    schema.map(({ sql, apart }) => [sql, apart]),
    data.map(({ key, change }) => [key, change]),
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}

async function buildLater(transaction: Transaction, { name, module, sql }: SchemaChange): Promise<void> {
  await transaction.run(
    'insert into tessera_index (name, module, sql) values ($1, $2, $3) on conflict (name) do update set sql = excluded.sql',
    [name, module ?? null, sql[0]],
  )
}

interface Kept {
  readonly state: InstalledState | undefined
  readonly target: Target
  readonly manifest: Manifest
  readonly fingerprint: string
  readonly isEmpty: boolean
}

async function keep(transaction: Transaction, { state, target, manifest, fingerprint, isEmpty: nothing }: Kept): Promise<void> {
  const names = target.modules.map(({ name }) => name)
  await transaction.run('delete from tessera_module where name <> all($1)', [names])
  for (const { name, version, state: its } of target.modules) {
    await transaction.run(
      `insert into tessera_module (name, version, state) values ($1, $2, $3)
       on conflict (name) do update set version = excluded.version, state = excluded.state`,
      [name, version, its],
    )
  }
  const query = (text: string, values: readonly unknown[] = []) => transaction.run(text, values)
  await keepState(query, 'fingerprint', fingerprint)
  await keepState(query, 'manifest', manifest)
  if (nothing && state) return
  await keepState(query, 'revision', (state?.revision ?? 0) + 1)
  await announce(transaction, { kind: 'modules' })
}

function journalOf({ models }: Composition): { readonly table: string } | undefined {
  return models.journal && { table: models.journal.table }
}

/** As it is said, without what only doing it needs. */
function plain({ kind, module, table, name, about, rows, values, seconds, sql, apart }: SchemaChange): SchemaChange {
  return { kind, module, table, name, about, rows, values, seconds, sql, apart }
}

/** For progress, and for the time when something goes wrong. */
function inWords({ kind, table, name }: SchemaChange): string {
  return [kind, [table, name].filter((each) => each !== undefined).join('.')].join(' ')
}
