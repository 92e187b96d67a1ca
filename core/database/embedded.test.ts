import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { chmod, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { SetupError } from '../errors.ts'
import { testFolder } from '../testing/folder.ts'
import { type Database, openDatabase, type Role } from './index.ts'

vi.setConfig({ testTimeout: 60_000 })

let dataDir: string
const opened: Database[] = []
const children: ChildProcess[] = []

beforeEach(async () => {
  dataDir = await testFolder('tessera-data')
})

afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await Promise.all(opened.splice(0).map((database) => database.close()))
  if (existsSync(pidFile())) await openHere('guest').then((database) => database.close())
  await rm(dataDir, { recursive: true })
})

describe('the embedded database', () => {
  test('keeps its data from one start to the next, on disk and on loopback only', async () => {
    const first = await openHere('owner')
    await query(first.url, 'create table note (text text)')
    await query(first.url, `insert into note values ('kept')`)
    const settings = `select current_setting('fsync') as fsync, current_setting('listen_addresses') as at, current_setting('TimeZone') as zone`
    expect(await query(first.url, settings)).toEqual([{ fsync: 'on', at: '127.0.0.1', zone: 'UTC' }])
    await first.close()
    expect(isRunning()).toBe(false)

    const second = await openHere('owner')
    expect(await query(second.url, 'select text from note')).toEqual([{ text: 'kept' }])
  })

  test('keeps its password to the user who runs it', async () => {
    await openHere('guest')
    expect((await stat(join(dataDir, 'postgres', 'tessera.password'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(dataDir, 'postgres.log'))).mode & 0o777).toBe(0o600)
  })

  test('is worked on as a role that is no superuser, yet may add what Tessera needs', async () => {
    const { url } = await openHere('owner')
    expect(await query(url, `select current_setting('is_superuser') as super`)).toEqual([{ super: 'off' }])
    await query(url, 'create extension pg_trgm; create extension unaccent')
  })

  test('sorts texts as people expect', async () => {
    const { url } = await openHere('guest')
    const rows = await query(url, `select text from unnest(array['zebra', 'Ärger', 'Zoo', 'apple']) as text order by text`)
    expect(rows.map(({ text }) => text)).toEqual(['apple', 'Ärger', 'zebra', 'Zoo'])
  })

  test('says why it does not start', async () => {
    await (await openHere('owner')).close()
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '9\n')
    const refused = await refusal(openHere('owner'))
    expect(refused.message).toMatch(/^PostgreSQL does not start in .*\/postgres: database files are incompatible with server\.$/)
    expect(refused.hint).toContain('postgres.log')
  })

  test('refuses a folder that it did not make', async () => {
    mkdirSync(join(dataDir, 'postgres'))
    writeFileSync(join(dataDir, 'postgres', 'thesis.txt'), 'years of work')
    expect((await refusal(openHere('owner'))).message).toMatch(/\/postgres is in the way: it is not a database that Tessera made\.$/)
    expect(readFileSync(join(dataDir, 'postgres', 'thesis.txt'), 'utf8')).toBe('years of work')
  })

  test.runIf(process.getuid?.() === 0)('names, as root, the folder that PostgreSQL cannot enter', async () => {
    const closed = join(dataDir, 'closed')
    mkdirSync(join(closed, 'deep', 'data'), { recursive: true })
    await chmod(dataDir, 0o755)
    await chmod(closed, 0o700)
    const refused = await refusal(openDatabase({ databaseUrl: undefined, dataDir: join(closed, 'deep', 'data') }, 'owner'))
    expect(refused.exitCode).toBe(3)
    expect(refused.message).toMatch(/^PostgreSQL cannot run as root, and as user \d+ it cannot enter the folder .*\/closed\.$/)
    expect(refused.hint).toContain(`"chmod o+x ${closed}"`)
  })
})

describe('the owner', () => {
  test('killed with -9 leaves a server that the next start takes over, with what was written', async () => {
    const child = await openInProcess('owner')
    await query(child.url, `create table note as select 'kept' as text`)
    const pid = serverPid()
    child.process.kill('SIGKILL')
    await once(child.process, 'exit')

    const next = await openHere('owner')
    expect(serverPid()).toBe(pid)
    expect(next.url).toBe(child.url)
    expect(await query(next.url, 'select text from note')).toEqual([{ text: 'kept' }])
    await next.close()
    expect(isRunning()).toBe(false)
  })

  test('is only one: a second is refused in one sentence, while guests come and go', async () => {
    const child = await openInProcess('owner')
    const refused = await refusal(openHere('owner'))
    expect(refused.exitCode).toBe(4)
    expect(refused.message).toBe(`Tessera is already running on ${dataDir} (process ${child.process.pid}).`)

    const guest = await openHere('guest')
    expect(guest.url).toBe(child.url)
    await guest.close()
    expect(await query(child.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('does not stop the server under a guest: the last one out does', async () => {
    const owner = await openHere('owner')
    const guest = await openHere('guest')
    await owner.close()
    expect(await query(guest.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await (await openHere('owner')).close()
    expect(isRunning()).toBe(true)
    await guest.close()
    await guest.close()
    expect(isRunning()).toBe(false)
  })

  test('gets the server back on the same address when it was killed', async () => {
    const { url } = await openHere('owner')
    await query(url, `create table note as select 'kept' as text`)
    process.kill(serverPid(), 'SIGKILL')
    await expect.poll(() => query(url, 'select text from note').catch(() => 'down'), { timeout: 30_000 }).toEqual([{ text: 'kept' }])
    await expect.poll(() => locks(url)).toBe(2)
    expect((await refusal(openHere('owner'))).message).toContain(`(process ${process.pid})`)
  })

  test('stays owner when all its connections are ended', async () => {
    const { url } = await openHere('owner')
    await openHere('guest')
    await query(superuserUrl(url), 'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()')
    await expect.poll(() => locks(url)).toBe(3)
    expect((await refusal(openHere('owner'))).message).toContain(`(process ${process.pid})`)
  })
})

describe('guests', () => {
  test('alone start the server and stop it again', async () => {
    const guest = await openHere('guest')
    expect(await query(guest.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await guest.close()
    expect(isRunning()).toBe(false)
  })

  test('that begin at once on an empty folder share one server', async () => {
    const guests = await Promise.all([openInProcess('guest'), openInProcess('guest'), openHere('guest'), openHere('guest')])
    expect(new Set(guests.map(({ url }) => url)).size).toBe(1)
    for (const { url } of guests) expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('that come and go all the time never lose the server while they are there', async () => {
    const comeAndGo = async (visits: number) => {
      for (let visit = 0; visit < visits; visit++) {
        const guest = await openHere('guest')
        expect(await query(guest.url, 'select 1 as one')).toEqual([{ one: 1 }])
        await sleep(Math.random() * 20)
        expect(await query(guest.url, 'select 1 as one')).toEqual([{ one: 1 }])
        await guest.close()
      }
    }
    await Promise.all([comeAndGo(12), comeAndGo(12), comeAndGo(12), comeAndGo(12)])
    expect(isRunning()).toBe(false)
  })

  test('start although the number of a dead server belongs to another process by now', async () => {
    await (await openHere('guest')).close()
    writeFileSync(pidFile(), `${process.pid}\n${join(dataDir, 'postgres')}\n1\n5432\n\n127.0.0.1\n\nready\n`)
    const guest = await openHere('guest')
    expect(await query(guest.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })
})

async function openHere(role: Role): Promise<Database> {
  const database = await openDatabase({ databaseUrl: undefined, dataDir }, role)
  opened.push(database)
  return database
}

/** The same in a process of its own, which closes when it is told so. */
async function openInProcess(role: Role): Promise<{ process: ChildProcess; url: string }> {
  const script = `
    const { openDatabase } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)})
    const database = await openDatabase(${JSON.stringify({ dataDir })}, ${JSON.stringify(role)})
    console.log(database.url)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  for await (const url of createInterface(child.stdout)) return { process: child, url }
  throw new Error('The process ended without a database')
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url)
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

async function refusal(opening: Promise<Database>): Promise<SetupError> {
  const error: unknown = await opening.catch((reason: unknown) => reason)
  if (error instanceof SetupError) return error
  throw new Error('It was not refused', { cause: error })
}

function superuserUrl(url: string): string {
  const admin = new URL(url)
  admin.username = 'postgres'
  admin.password = readFileSync(join(dataDir, 'postgres', 'tessera.password'), 'utf8')
  return admin.href
}

/** One for each seat, and one for the owner. */
async function locks(url: string): Promise<unknown> {
  const [row] = await query(superuserUrl(url), `select count(*)::int as held from pg_locks where locktype = 'advisory'`)
  return row?.held
}

const pidFile = () => join(dataDir, 'postgres', 'postmaster.pid')
const isRunning = () => existsSync(pidFile())
const serverPid = () => Number(readFileSync(pidFile(), 'utf8').split('\n')[0])
