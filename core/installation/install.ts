/** Brings a database to what a set of modules needs: schema, raw DDL, shipped data, the list of modules; in one transaction. */
import { createHash } from 'node:crypto'
import type { MikroORM } from '@mikro-orm/postgresql'
import type { Connection } from '../database/connection.ts'
import { lockKey } from '../database/locks.ts'
import type { Composition } from '../module/composition.ts'
import type { Transaction } from '../records/transaction.ts'
import type { Operation, Plan } from './plan.ts'
import { type Installing, type Prepared, prepare } from './planning.ts'
import { mustBePossible } from './possible.ts'
import { type InstalledModule, type InstalledState, keepState, readState } from './state.ts'
import { coreTables } from './tables.ts'
import type { Target } from './target.ts'

/** Everything that decides how the database must look: when it is the same, there is nothing to do. */
export async function fingerprintOf(installed: Composition, enabled: Composition, orm: MikroORM): Promise<string> {
  const schema = await orm.schema.getCreateSchemaSQL({ wrap: false })
  const rest = JSON.stringify([
    coreTables,
    installed.modules.map((each) => [each.package.name, each.package.version]),
    enabled.modules.map((each) => each.package.name),
    installed.shipped.map((each) => each.rows),
    installed.models.all.map((model) => [...model.ddl]),
    installed.migrations.map(({ module, name }) => [module, name]),
  ])
  return createHash('sha256').update(schema).update(rest).digest('hex')
}

export async function isUpToDate(connection: Connection, fingerprint: string): Promise<boolean> {
  const state = await readState((text, values) => connection.run(text, values))
  return state?.fingerprint === fingerprint
}

/**
 * The first part of every operation, inside its transaction: waits for another process that works on the modules at the same
 * moment, as long as that takes, and then reads what the database has.
 */
export async function lockedState(transaction: Transaction): Promise<InstalledState | undefined> {
  await transaction.run('set local statement_timeout = 0', [])
  await transaction.run('set local idle_in_transaction_session_timeout = 0', [])
  await transaction.run('set local lock_timeout = 0', [])
  await transaction.run(`select pg_advisory_xact_lock(${lockKey('install')})`, [])
  // What waits for a lock on a table is in everybody's way: better to give up soon and to try again.
  await transaction.run(`set local lock_timeout = '1s'`, [])
  return readState((text, values = []) => transaction.run(text, values))
}

/** Core's own tables, in a transaction of their own, before anything asks them. */
export async function ensureCoreTables(transaction: Transaction): Promise<void> {
  const wanted = createHash('sha256').update(JSON.stringify(coreTables)).digest('hex')
  const isMade = async () => {
    const [known] = await transaction.run(`select to_regclass('tessera_state') is not null as exists`, [])
    const [made] = known?.exists ? await transaction.run(`select value from tessera_state where key = 'core'`, []) : []
    return made?.value === wanted
  }
  if (await isMade()) return
  await lockedState(transaction)
  if (await isMade()) return
  for (const statement of coreTables) await transaction.run(statement, [])
  await keepState((text, values = []) => transaction.run(text, values), 'core', wanted)
}

/** Brings the database to the modules that are composed, as they are on disk: what a start does. Returns what was done. */
export async function install(installing: Installing, transaction: Transaction): Promise<Plan | undefined> {
  const state = await lockedState(transaction)
  if (state?.fingerprint === installing.fingerprint) return undefined
  const prepared = await prepareAll(installing, transaction, state)
  mustBePossible(prepared.plan)
  await prepared.carryOut(async () => undefined)
  return prepared.plan
}

/** The plan of a start: every module that is composed. */
export function prepareAll(installing: Installing, transaction: Transaction, state: InstalledState | undefined): Promise<Prepared> {
  const { installed, writing } = installing
  const enabled = new Set(writing.composition.modules.map((each) => each.package.name))
  const before = new Map(state?.modules.map((each) => [each.name, each]))
  const modules = installed.modules.map(({ package: { name, version } }): InstalledModule => {
    return { name, version, state: enabled.has(name) ? 'enabled' : 'disabled' }
  })
  const planned = modules.map(({ name, version }): Target['planned'][number] => {
    const from = before.get(name)?.version
    const becomes = from === undefined ? 'installed' : from === version ? 'unchanged' : 'upgraded'
    return { name, version, ...(from !== undefined && from !== version && { from }), becomes, why: { kind: 'asked' } }
  })
  const operation: Operation = { verb: 'install', names: modules.map(({ name }) => name) }
  return prepare(installing, transaction, state, operation, { modules, planned, refusals: [] })
}
