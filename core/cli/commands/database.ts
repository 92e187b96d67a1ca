/** `tessera db` and `tessera demo`. */
import type { Command } from 'commander'
import { UserError } from '../../errors.ts'
import { type Cli, withApp } from '../cli.ts'
import { Ended } from '../failure.ts'
import { count, number } from '../terminal.ts'
import { addBackup } from './backup.ts'

export function addDatabase(program: Command, cli: Cli): void {
  const db = program.command('db').description('look at the database and bring it up to date')
  db.command('status')
    .description('say what the database holds, and whether it is up to date (5 when it is not)')
    .action(() => status(cli))
  db.command('migrate')
    .description('bring the database to what the modules need')
    .option('--dry-run', 'only print the statements')
    .action(({ dryRun = false }: { dryRun?: boolean }) => migrate(cli, dryRun))
  const populate = db
    .command('populate')
    .description('fill the database with records to try things with')
    .allowUnknownOption()
    .allowExcessArguments()
  populate.action(() => nobodyBrings('records to fill a database with'))

  addBackup(db, cli)

  const demo = program.command('demo').description('demonstration data')
  demo
    .command('load')
    .description('load the demonstration data of the installed modules')
    .action(() => nobodyBrings('demonstration data'))
}

/** Reached when no installed module has the command. */
function nobodyBrings(what: string): never {
  throw new UserError('cli.nobody_brings', 'No installed module brings {what}.', { what })
}

async function status(cli: Cli): Promise<void> {
  const pending = await withApp(
    cli,
    async ({ app, database, isNew }) => {
      const { schemaPlan } = await import('../schema.ts')
      const upToDate = await app.isUpToDate()
      const statements = upToDate ? [] : await schemaPlan(app)
      const [about] = await app.connection.run(
        `select current_setting('server_version') as version, current_database() as name, pg_size_pretty(pg_database_size(current_database())) as size`,
      )
      const modules = isNew ? [] : await app.connection.run('select name, version from tessera_module order by name')
      const tables = isNew ? [] : await app.connection.run(largest)
      const place = database.embedded ? `embedded, in ${cli.env.DATA_DIR || 'data'}/postgres` : 'of DATABASE_URL'
      cli.terminal.answer(
        {
          postgres: about?.version,
          database: about?.name,
          size: about?.size,
          embedded: database.embedded,
          upToDate,
          statements,
          modules,
          tables,
        },
        () =>
          [
            `PostgreSQL  ${about?.version} (${place})`,
            `database    ${about?.name}, ${about?.size}`,
            `modules     ${modules.map(({ name, version }) => `${name} ${version}`).join(', ') || 'none yet'}`,
            `tables      ${tables.map(({ name, rows }) => `${name} ${number(Number(rows))}`).join(', ') || 'none yet'}`,
            `schema      ${upToDate ? 'up to date' : `${count(statements.length, 'statement')} to run: tessera db migrate`}`,
          ].join('\n'),
      )
      return !upToDate
    },
    { install: false },
  )
  if (pending) throw new Ended(5)
}

/** About how many rows; counting them would read them. */
const largest = `select relname as name, greatest(n_live_tup, 0)::int as rows from pg_stat_user_tables
  where schemaname = 'public' and relname not like 'tessera\\_%' and n_live_tup > 0 order by n_live_tup desc, relname limit 8`

async function migrate(cli: Cli, dryRun: boolean): Promise<void> {
  await withApp(
    cli,
    async ({ app }) => {
      const { schemaPlan } = await import('../schema.ts')
      const statements = dryRun ? await schemaPlan(app) : ((await app.install())?.schema.flatMap(({ sql }) => sql) ?? [])
      cli.terminal.answer({ statements, dryRun }, () => {
        if (dryRun) return statements.map((statement) => `${statement};`).join('\n')
        return statements.length === 0
          ? 'The database is up to date.'
          : `The database is up to date after ${count(statements.length, 'change')} of its schema.`
      })
      if (dryRun)
        cli.terminal.say(statements.length === 0 ? 'The schema is up to date.' : `${count(statements.length, 'statement')} would run.`)
    },
    { install: false },
  )
}
