/** Brings a database to what a composition needs: schema, raw DDL, shipped data, the list of installed modules; in one transaction. */
import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Connection } from '../database/connection.ts'
import { lockKey } from '../database/locks.ts'
import { snake } from '../model/compose.ts'
import type { Composition } from '../module/composition.ts'
import type { Transaction } from '../records/transaction.ts'
import type { Writing } from '../records/writing.ts'
import { schemaDifference } from './schema.ts'
import { shipData } from './ship.ts'
import { coreTables } from './tables.ts'

export interface InstalledModule {
  readonly name: string
  readonly version: string
}

/** The modules of a database; undefined for one that Tessera has not seen yet. Throws what PostgreSQL says when it cannot be asked. */
export async function installedModules(url: string): Promise<readonly InstalledModule[] | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    const known = await client.query<{ exists: boolean }>(`select to_regclass('tessera_module') is not null as exists`)
    if (!known.rows[0]?.exists) return undefined
    const { rows } = await client.query<InstalledModule>('select name, version from tessera_module order by name')
    return rows.length > 0 ? rows : undefined
  } finally {
    await client.end()
  }
}

/** Everything that decides how the database must look: when it is the same, there is nothing to do. */
export async function fingerprintOf(composition: Composition, connection: Connection): Promise<string> {
  const schema = await connection.orm.schema.getCreateSchemaSQL({ wrap: false })
  const rest = JSON.stringify([
    coreTables,
    composition.modules.map((each) => [each.package.name, each.package.version]),
    composition.shipped.map((each) => each.rows),
    composition.models.all.map((model) => [...model.ddl]),
    composition.migrations.map(({ module, name }) => [module, name]),
  ])
  return createHash('sha256').update(schema).update(rest).digest('hex')
}

export async function isUpToDate(connection: Connection, fingerprint: string): Promise<boolean> {
  const known = await connection.run(`select to_regclass('tessera_state') is not null as exists`)
  if (!known[0]?.exists) return false
  const rows = await connection.run(`select value from tessera_state where key = 'fingerprint'`)
  return rows[0]?.value === fingerprint
}

/**
 * Runs inside the transaction that `writing` has open. Waits for another process that installs at the same moment and finds
 * its work done. Returns the statements that changed the schema.
 */
export async function install(writing: Writing, transaction: Transaction, fingerprint: string): Promise<readonly string[]> {
  const { composition, connection } = writing
  await transaction.run(`select pg_advisory_xact_lock(${lockKey('install')})`, [])
  for (const statement of coreTables) await transaction.run(statement, [])
  const [state] = await transaction.run(`select value from tessera_state where key = 'fingerprint'`, [])
  if (state?.value === fingerprint) return []
  const fresh = (await transaction.run('select 1 from tessera_module limit 1', [])).length === 0

  await migrate(writing, transaction, fresh, 'before')
  const statements = await schemaDifference(connection)
  for (const statement of statements) await transaction.run(statement, [])
  await rawDdl(composition, transaction)
  await shipData(writing, transaction)
  await migrate(writing, transaction, fresh, 'after')
  for (const { package: one } of composition.modules) {
    await transaction.run(
      'insert into tessera_module (name, version) values ($1, $2) on conflict (name) do update set version = excluded.version',
      [one.name, one.version],
    )
  }
  await transaction.run(
    `insert into tessera_state (key, value) values ('fingerprint', $1) on conflict (key) do update set value = excluded.value`,
    [JSON.stringify(fingerprint)],
  )
  return statements
}

/** Statements that modules wrote themselves: run once, and again when they changed. */
async function rawDdl(composition: Composition, transaction: Transaction): Promise<void> {
  for (const model of composition.models.all) {
    for (const [name, { up, down }] of model.ddl) {
      const [known] = await transaction.run('select up, down from tessera_ddl where model = $1 and name = $2', [model.name, name])
      if (known?.up === up) continue
      if (known) await transaction.run(String(known.down), [])
      await transaction.run(up, [])
      await transaction.run(
        'insert into tessera_ddl (model, name, up, down) values ($1, $2, $3, $4) on conflict (model, name) do update set up = excluded.up, down = excluded.down',
        [model.name, name, up, down],
      )
    }
  }
}

/** A new database has the newest shape from the start: its migrations count as done. */
async function migrate({ composition }: Writing, transaction: Transaction, fresh: boolean, when: 'before' | 'after'): Promise<void> {
  for (const migration of composition.migrations) {
    const done = await transaction.run('select 1 from tessera_migration where module = $1 and name = $2', [
      migration.module,
      migration.name,
    ])
    if (done.length > 0) continue
    if (!fresh) for (const statement of migration[when]) await transaction.run(statement, [])
    if (!fresh && when === 'before') await rename(composition, transaction, migration)
    if (when === 'after')
      await transaction.run('insert into tessera_migration (module, name) values ($1, $2)', [migration.module, migration.name])
  }
}
async function rename(composition: Composition, transaction: Transaction, migration: Composition['migrations'][number]): Promise<void> {
  const model = composition.models.of(migration.model)
  for (const [from, to] of Object.entries(migration.rename)) {
    const field = model.fields.get(to)
    if (field && field.kind !== 'many' && field.column)
      await transaction.run(`alter table "${model.table}" rename column "${snake(from)}" to "${field.column}"`, [])
  }
}
