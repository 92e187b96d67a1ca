/** A database with some modules of the repository, and operations on it as the command line does them. */
import { rm } from 'node:fs/promises'
import pg from 'pg'
import pino from 'pino'
import { inject } from 'vitest'
import { type App, createApp } from '../../core/app.ts'
import { type Config, loadConfig } from '../../core/config/index.ts'
import type { Operation, Plan } from '../../core/installation/plan.ts'
import { discover } from '../../core/module/discover.ts'
import { loadModules } from '../../core/module/load.ts'
import { type CarryOut, carryOut, type Done, planOperation } from '../../core/operation/index.ts'
import { testConfig, testDatabase, testFolder } from '../../core/testing/index.ts'
import { templateFor } from '../../core/testing/template.ts'

export interface Desk {
  readonly url: string
  readonly dataDir: string
  /** What its commands are told. */
  readonly env: Readonly<Record<string, string>>
  plan(operation: Operation): Promise<Plan>
  do(operation: Operation, options?: CarryOut): Promise<Done>
  /** The application as a process that starts now composes it. */
  open(): Promise<App>
  sql(text: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>
  close(): Promise<void>
}

const root = process.cwd()
const log = pino({ level: 'silent' })

export async function desk(names: readonly string[]): Promise<Desk> {
  const packages = await discover(root, [])
  const appAt = async (url: string, config: Config, enabled: readonly string[], installed: readonly string[]) =>
    createApp(await loadModules(packages, enabled), {
      url,
      config,
      log,
      version: '0.0.0',
      ...(enabled.length < installed.length && { installed: await loadModules(packages, installed) }),
    })
  // Many stories begin with the same modules.
  const template = await templateFor(inject('postgresUrl'), `operations ${names.join()}`, async (url) => {
    const app = await appAt(url, testConfig(), names, names)
    await app.install()
    await app.close()
  })
  const database = await testDatabase(inject('postgresUrl'), { name: 'operations', template })
  const folder = await testFolder('operations')
  const env = {
    DATABASE_URL: database.url,
    DATA_DIR: folder,
    TESSERA_SECRET: 'a secret for tests alone, and no secret',
    DATABASE_POOL: '3',
  }
  const about = { root, env, log, version: '0.0.0' }
  const client = new pg.Client({ connectionString: database.url })
  client.on('error', () => undefined)
  await client.connect()
  const sql: Desk['sql'] = async (text, values = []) => (await client.query(text, [...values])).rows
  const config = loadConfig(env, root)
  return {
    url: database.url,
    dataDir: env.DATA_DIR,
    env,
    plan: (operation) => planOperation(about, operation),
    do: (operation, options = {}) => carryOut(about, operation, options),
    async open() {
      const modules = await sql('select name, state from tessera_module')
      const all = modules.map(({ name }) => String(name))
      return appAt(
        database.url,
        config,
        modules.filter(({ state }) => state === 'enabled').map(({ name }) => String(name)),
        all,
      )
    },
    sql,
    async close() {
      await client.end()
      await database.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Everything of the schema that modules make, in an order of its own: two databases with the same text have the same schema. */
export async function schemaOf({ sql }: Pick<Desk, 'sql'>): Promise<readonly string[]> {
  const rows = await sql(`
    select format('column %s.%s %s %s %s %s', c.table_name, c.column_name, c.data_type, c.is_nullable, c.column_default, c.generation_expression) as line
      from information_schema.columns c where c.table_schema = 'public'
    union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
    union all select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint
      where connamespace = 'public'::regnamespace and contype <> 'n'
    union all select format('trigger %s %s', tgrelid::regclass, pg_get_triggerdef(oid)) from pg_trigger where not tgisinternal
    union all select format('function %s', p.oid::regprocedure) from pg_proc p
      where p.pronamespace = 'public'::regnamespace and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    union all select 'sequence ' || sequencename from pg_sequences where schemaname = 'tessera_seq'
    union all select format('ddl %s %s', model, name) from tessera_ddl
    union all select format('shipped %s', key) from tessera_shipped
    order by line`)
  return rows.map(({ line }) => String(line))
}
