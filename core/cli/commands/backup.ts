/** `tessera db backup`, `db restore` and `db neutralize`. */
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Config } from '../../config/index.ts'
import type { Database } from '../../database/index.ts'
import type { Cli } from '../cli.ts'
import { count } from '../terminal.ts'

export function addBackup(db: Command, cli: Cli): void {
  db.command('backup')
    .argument('[file]', 'DATA_DIR/backups/<database>-<time>.zip unless told')
    .description('write database and files into one archive, as they are at one instant, while everybody works')
    .action((file?: string) => backup(cli, file))
  db.command('restore')
    .argument('<file>', 'what db backup wrote')
    .description('restore a backup into an empty database (6 when it is not)')
    .action((file: string) => restore(cli, file))
  db.command('neutralize')
    .description('make this database a copy to try things with: no mail, webhook or chat goes out, nothing is done by the clock')
    .action(() => neutralize(cli))
}

async function backup(cli: Cli, given: string | undefined): Promise<void> {
  const made = await withDatabase(cli, async ({ url }, { dataDir }) => {
    const { backupTo } = await import('../../backup/index.ts')
    const file = given === undefined ? join(dataDir, 'backups', nameFor(url, new Date())) : resolve(given)
    return backupTo(url, file, { files: join(dataDir, 'files'), onProgress: megabytes(cli.terminal.progress('Backup, MB')) })
  })
  cli.terminal.answer(made, () => {
    const { file, rows, tables, files, bytes, seconds } = made
    return `Backup of ${count(rows, 'row')} in ${count(tables, 'table')}${files > 0 ? ` and ${count(files, 'file')}` : ''}: ${file}, ${size(bytes)}, in ${seconds} s.`
  })
  cli.terminal.say(
    'The secret of this deployment (TESSERA_SECRET, or the file "secret" in DATA_DIR) is not in it: keep it apart, or second factors are lost and the audit log cannot be checked.',
  )
}

async function restore(cli: Cli, file: string): Promise<void> {
  const { packagesOf } = await import('../installed.ts')
  const packages = await packagesOf(cli.root)
  const restored = await withDatabase(cli, async ({ url }, { dataDir }) => {
    const { restoreFrom } = await import('../../backup/index.ts')
    const progress = {
      check: megabytes(cli.terminal.progress('Checked, MB')),
      restore: megabytes(cli.terminal.progress('Restored, MB')),
    }
    return restoreFrom({
      url,
      file: resolve(file),
      files: join(dataDir, 'files'),
      packages,
      onProgress: (what, done, total) => progress[what](done, total),
    })
  })
  cli.terminal.answer(restored, () => {
    const { createdAt, rows, tables, files, seconds } = restored
    const what = `${count(rows, 'row')} in ${count(tables, 'table')}${files > 0 ? ` and ${count(files, 'file')}` : ''}`
    return `Restored ${what}, as they were at ${createdAt}, in ${seconds} s.`
  })
  cli.terminal.say('Everybody has to sign in again. It needs the secret of the deployment that the backup is of.')
  cli.terminal.say('If this is a copy to try things with: tessera db neutralize, before you start it.')
}

async function neutralize(cli: Cli): Promise<void> {
  const done = await withDatabase(cli, async ({ url, embedded }, { dataDir }) => {
    const { typed } = await import('../prompts.ts')
    const name = databaseIn(url)
    const where = embedded ? ` in ${dataDir}` : ` on ${new URL(url).host}`
    const question = `Nothing will ever go out of the database ${name}${where} again.`
    if (cli.terminal.isAsked) cli.terminal.say(question)
    await typed(cli.terminal, name, question)
    return (await import('../../backup/index.ts')).neutralize(url)
  })
  cli.terminal.answer(
    done,
    () => `${done.database} is a copy now: its outbox keeps everything, nothing is done by the clock, and every screen says so.`,
  )
}

/** Without the application: a backup is made even of modules that do not boot. */
async function withDatabase<R>({ root, env }: Cli, run: (database: Database, config: Config) => Promise<R>): Promise<R> {
  const { loadConfig } = await import('../../config/index.ts')
  const { openDatabase } = await import('../../database/index.ts')
  const config = loadConfig(env, root)
  const database = await openDatabase(config, 'guest')
  const interrupted = () => {
    database.close().finally(() => process.exit(130))
  }
  process.once('SIGINT', interrupted)
  try {
    return await run(database, config)
  } finally {
    process.off('SIGINT', interrupted)
    await database.close()
  }
}

/** `desk-2026-11-22T043320Z.zip` */
function nameFor(url: string, at: Date): string {
  return `${databaseIn(url).replace(/[^\w.-]/g, '_')}-${at.toISOString().slice(0, 19).replaceAll(':', '')}Z.zip`
}

function databaseIn(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1)) || 'tessera'
}

/** Of what is done in a moment, nothing is said. */
function megabytes(progress: (done: number, total: number) => void): (done: number, total: number) => void {
  let shown = -1
  return (done, total) => {
    const [at, of] = [Math.floor(done / mega), Math.ceil(total / mega)]
    if (at === shown || total < 20 * mega) return
    shown = at
    progress(at, of)
  }
}

function size(bytes: number): string {
  return bytes < mega ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / mega).toFixed(1)} MB`
}

const mega = 1_000_000
