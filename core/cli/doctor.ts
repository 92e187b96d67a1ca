/** What may be wrong with a deployment, one look after the other. */
import { access, constants, mkdir, statfs } from 'node:fs/promises'
import type { Booted } from '../boot.ts'
import { loadConfig } from '../config/index.ts'
import { unfinishedFills } from '../installation/unfinished.ts'
import { type Cli, openApp } from './cli.ts'
import { failureSaid } from './failure.ts'
import { everyModule } from './installed.ts'
import { notesOn } from './notes.ts'

export interface Finding {
  readonly ok: boolean
  readonly what: string
  readonly hint?: string | undefined
}

/** Never throws: what goes wrong is a finding, and what cannot be looked at then is left out. */
export async function findings(cli: Cli): Promise<readonly Finding[]> {
  const found: Finding[] = []
  const look = async <R>(run: () => Promise<R>): Promise<R | undefined> => {
    try {
      return await run()
    } catch (error) {
      const { sentence, details = [], hint } = failureSaid(error)
      found.push({ ok: false, what: [sentence, ...details].join('\n       '), hint })
      return undefined
    }
  }
  const fine = (what: string) => found.push({ ok: true, what })

  fine(`Node ${process.versions.node}.`)
  const config = await look(async () => loadConfig(cli.env, cli.root))
  if (!config) return found
  fine('The configuration can be read.')
  await look(async () => {
    await mkdir(config.dataDir, { recursive: true })
    await access(config.dataDir, constants.W_OK)
    const { bavail, bsize } = await statfs(config.dataDir)
    const free = (bavail * bsize) / 1024 ** 3
    const what = `${config.dataDir} can be written and has ${free.toFixed(1)} GB of room.`
    found.push(free < 1 ? { ok: false, what, hint: 'Make room: a full disk stops the database.' } : { ok: true, what })
  })
  await look(async () => {
    const composition = await everyModule(cli.root)
    const notes = notesOn(composition).length
    fine(`${composition.modules.length} modules fit together${notes > 0 ? `, with ${notes} notes: tessera module check` : ''}.`)
  })
  const booted = await look(() => openApp(cli, { install: false }))
  if (booted) {
    await look(() => databaseFindings(booted, found))
    await booted.close()
  }
  return found
}

async function databaseFindings({ app, isNew, database }: Booted, found: Finding[]): Promise<void> {
  const [row] = await app.connection.run(`select current_setting('server_version') as version`)
  found.push({ ok: true, what: `PostgreSQL ${row?.version} answers (${database.embedded ? 'embedded' : 'of DATABASE_URL'}).` })
  if (isNew) {
    found.push({ ok: false, what: 'The database is new and empty.', hint: 'Run: npm start' })
    return
  }
  const upToDate = await app.isUpToDate()
  found.push(
    upToDate
      ? { ok: true, what: 'The schema is up to date.' }
      : { ok: false, what: 'The schema is older than the modules.', hint: 'Run: tessera db migrate' },
  )
  if (!upToDate) return
  for (const { module, name, done, rows, error } of await unfinishedFills((text, values) => app.connection.run(text, values))) {
    const what = `"${name}" of "${module}" has filled in ${done} of ${rows} records`
    found.push(error === null ? { ok: true, what: `${what}; a worker goes on with it.` } : { ok: false, what: `${what}: ${error}` })
  }
}
