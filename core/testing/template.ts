/** Databases to copy: installing the same modules for each test file would take most of a run. */
import { createHash } from 'node:crypto'
import pg from 'pg'
import { testDatabase } from './database.ts'

/**
 * The name of a database that `install` has prepared, made once for a run and `key` by whoever asks first; the other processes of
 * the run wait for it. It stays until the run's server is stopped, or `dropTemplates` is called.
 */
export async function templateFor(adminUrl: string, key: string, install: (url: string) => Promise<void>): Promise<string> {
  const name = `${prefix()}${createHash('sha256').update(key).digest('hex').slice(0, 16)}`
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock(hashtext($1))', [name])
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
    if (rowCount === 0) {
      const { url, rename } = await testDatabase(adminUrl, { name: 'unfinished' })
      await install(url)
      await rename(name)
    }
    return name
  } finally {
    await client.end()
  }
}

/** Removes the templates of this run from a server that outlives it. */
export async function dropTemplates(adminUrl: string, run = process.pid): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database where starts_with(datname, $1)', [
      prefix(run),
    ])
    for (const { datname } of rows) await client.query(`drop database if exists ${pg.escapeIdentifier(datname)}`)
  } finally {
    await client.end()
  }
}

/** Test files run in processes that the run has started: it is their parent. */
function prefix(run = process.ppid): string {
  return `template_${run}_`
}
