/** A database for one test file: its own, so that files run side by side. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export interface TestDatabase {
  readonly url: string
  /** Drops it, with whatever connections are still open. */
  drop(): Promise<void>
  /** Gives it a name that others know. Nobody may be connected. */
  rename(name: string): Promise<void>
}

export interface TestDatabaseOptions {
  /** The database to copy; nobody may be connected to it. */
  readonly template?: string
  /** How the name begins, to recognise it in a list. */
  readonly name?: string
}

/** Creates a database with a name of its own on the server of `adminUrl`, whose role must be allowed to. */
export async function testDatabase(adminUrl: string, { template, name = 'test' }: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const unique = `${name}_${randomUUID().replaceAll('-', '')}`
  const quoted = pg.escapeIdentifier(unique)
  await patiently(adminUrl, `create database ${quoted}${template ? ` template ${pg.escapeIdentifier(template)}` : ''}`)
  const url = new URL(adminUrl)
  url.pathname = `/${unique}`
  return {
    url: url.href,
    drop: () => patiently(adminUrl, `drop database if exists ${quoted} with (force)`),
    rename: (to) => patiently(adminUrl, `alter database ${quoted} rename to ${pg.escapeIdentifier(to)}`),
  }
}

/** Statements on whole databases wait for whoever is in there for a moment and cannot be sent away. */
async function patiently(adminUrl: string, statement: string): Promise<void> {
  for (const deadline = Date.now() + patienceMs; ; await sleep(50)) {
    try {
      return await run(adminUrl, statement)
    } catch (error) {
      if (!passing.has((error as { code?: string }).code ?? '') || Date.now() > deadline) throw error
    }
  }
}

/**
 * 55006: a template that somebody else is copying or has just left. 42501: autovacuum is at work in the database, and its process
 * belongs to the superuser, so `force` may not end it.
 */
const passing: ReadonlySet<string> = new Set(['55006', '42501'])
const patienceMs = 15_000

async function run(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
