/** For stories of backups: deployments on databases of their own, with their files and one secret, and what is in a database. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import pg from 'pg'
import pino from 'pino'
import { type App, createApp } from '../../core/app.ts'
import { discover } from '../../core/module/discover.ts'
import { loadModules } from '../../core/module/load.ts'
import { testDatabase } from '../../core/testing/database.ts'
import { testConfig } from '../../core/testing/index.ts'
import { type Deployment, deployment } from '../cli/deployment.ts'

export interface Place extends Deployment {
  readonly url: string
  readonly dataDir: string
  /** What its commands are told. */
  readonly env: Readonly<Record<string, string>>
  query(text: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Of each table how many rows it has, and a sum over them that does not depend on their order. */
  contents(): Promise<Readonly<Record<string, string>>>
  /** Columns, indexes, constraints, triggers and functions, each as PostgreSQL writes it. */
  schema(): Promise<readonly string[]>
  /** The application on this database, behind its HTTP door. `env` is what its environment says besides. */
  open(modules?: readonly string[], env?: Readonly<Record<string, string>>): Promise<Opened>
}
export interface Opened {
  readonly app: App
  readonly address: string
  close(): Promise<void>
}

/** What all deployments of a story seal with. */
const secret = 'what a deployment seals its audit log with'

/** `modules` are what the deployment wants; the database is empty. */
export async function place(postgresUrl: string, modules: readonly string[] = ['ticket']): Promise<Place> {
  const database = await testDatabase(postgresUrl, { name: 'backup' })
  const dataDir = await mkdtemp(join(tmpdir(), 'tessera-backup-'))
  const env = { DATABASE_URL: database.url, TESSERA_SECRET: secret, DATA_DIR: dataDir }
  const cli = await deployment(env, modules)
  for (const name of modules)
    if (existsSync(join('modules', name)) && !existsSync(join(cli.folder, 'modules', name)))
      await symlink(resolve('modules', name), join(cli.folder, 'modules', name))
  const pool = new pg.Pool({ connectionString: database.url, max: 2, options: '-c timezone=UTC' })
  pool.on('error', () => undefined)
  const query: Place['query'] = async (text, values = []) => (await pool.query(text, [...values])).rows
  return {
    ...cli,
    url: database.url,
    dataDir,
    env,
    query,
    async contents() {
      const tables = await query(`select tablename as name from pg_tables where schemaname = 'public' order by 1`)
      const sums: Record<string, string> = {}
      for (const { name } of tables) {
        const [row] = await query(
          `select count(*) || ' rows, ' || coalesce(sum(('x' || md5(t::text))::bit(52)::bigint), 0) as sum from "${String(name)}" t`,
        )
        sums[String(name)] = String(row?.sum)
      }
      return sums
    },
    schema: async () => (await query(schemaRows)).map(({ line }) => String(line)),
    async open(wanted = modules, more = {}) {
      const app = await createApp(await loadModules(await discover(process.cwd(), []), wanted), {
        url: database.url,
        config: testConfig({ ...env, ...more }),
        log: pino({ level: 'silent' }),
        version: 'test',
      })
      const server = await app.http.listen(0, '127.0.0.1')
      const at = server.address()
      return {
        app,
        address: `http://127.0.0.1:${typeof at === 'object' && at ? at.port : 0}`,
        async close() {
          server.closeAllConnections()
          await new Promise((done) => server.close(done))
          await app.close()
        },
      }
    },
    async remove() {
      // Sends autovacuum away, which would not let the database go.
      await query('drop schema public cascade')
      await pool.end()
      await cli.remove()
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

const schemaRows = `
  select format('%s.%s %s%s%s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' end,
           case when a.attgenerated <> '' then ' generated' end, pg_get_expr(d.adbin, d.adrelid)) as line
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
   where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  union all select indexdef from pg_indexes where schemaname = 'public'
  union all select format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint
   where connamespace = 'public'::regnamespace and contype <> 'n'
  union all select format('%s %s', pg_get_triggerdef(t.oid), t.tgenabled) from pg_trigger t where not tgisinternal
  union all select format('function %s', p.oid::regprocedure) from pg_proc p where p.pronamespace = 'public'::regnamespace
  union all select format('sequence %s %s', sequencename, last_value) from pg_sequences where schemaname = 'tessera_seq'
  order by 1`
