/** What others do to a ticket while somebody looks at it: two processes on one database. */
import { User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp, testConfig } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { type App, createApp } from '../../core/app.ts'
import { discover } from '../../core/module/discover.ts'
import { loadModules } from '../../core/module/load.ts'
import { SavedView } from '../web/saved-view.model.ts'
import { note, Ticket } from './index.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

let app: TestApp
let other: App
let address: string
let system: Services
let partner: string
const ids: Record<string, string> = {}
const cookies: Record<string, string> = {}

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket'])
  system = await app.servicesFor({ door: 'system' })
  address = await app.listen()
  const loaded = await loadModules(await discover(process.cwd(), []), ['ticket'])
  const url = String(app.connection.pool.options.connectionString)
  other = await createApp(loaded, { url, config: testConfig({ DATABASE_POOL: '4' }), log: pino({ level: 'silent' }), version: 'test' })
  partner = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
  for (const [name, role] of Object.entries({ ada: 'agent', bilal: 'agent', guard: 'staff', fatou: 'customer' })) {
    ids[name] = (await system.identity.createUser({ email: `${name}@example.org`, name, roles: [role] })).id
    cookies[name] = await signIn(ids[name]!)
  }
  await system.records.update(User, ids.fatou!, { partner })
})
afterEach(() => {
  for (const stream of streams.splice(0)) stream.leave()
})
afterAll(async () => {
  await other?.close()
  await app?.close()
})

async function signIn(user: string): Promise<string> {
  const token = await system.identity.createLink(user, 'sign-in')
  const entered = await fetch(new URL(`/sign-in/${token}`, address), { method: 'POST', redirect: 'manual', body: new URLSearchParams() })
  return entered.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ')
}

interface Listening {
  readonly status: number
  readonly headers: Headers
  readonly heard: Readonly<Record<string, unknown>>[]
  readonly over: () => boolean
  leave(): void
}
const streams: Listening[] = []

/** A browser of somebody that shows these records. */
async function listening(name: string, ...tickets: readonly string[]): Promise<Listening> {
  const leaving = new AbortController()
  const query = new URLSearchParams(tickets.map((id): [string, string] => ['watch', `tickets/${id}`]))
  const answer = await fetch(new URL(`/events?${query}`, address), {
    headers: { accept: 'text/event-stream', 'accept-encoding': 'gzip, br', cookie: cookies[name]! },
    signal: leaving.signal,
    redirect: 'manual',
  })
  const heard: Record<string, unknown>[] = []
  let isOver = false
  const read = async () => {
    let text = ''
    for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += piece
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        if (text.startsWith('data: ')) heard.push(JSON.parse(text.slice(6, end)))
        text = text.slice(end + 2)
      }
    }
  }
  if (answer.ok)
    void read()
      .catch(() => undefined)
      .finally(() => {
        isOver = true
      })
  const stream = { status: answer.status, headers: answer.headers, heard, over: () => isOver, leave: () => leaving.abort() }
  streams.push(stream)
  return stream
}
const of = ({ heard }: Listening, is: string) => heard.filter((each) => each.is === is)
const file = async () => (await system.records.create(Ticket, { subject: 'Card is lost', partner })).id

describe('Whoever looks at a ticket', () => {
  it('is told its version first, then what another process changed or said: an id and a version, and nothing else', async () => {
    const id = await file()
    const ada = await listening('ada', id)
    expect(ada.headers.get('content-encoding')).toBeNull()
    await expect.poll(() => of(ada, 'record')).toEqual([{ is: 'record', record: `tickets/${id}`, version: 1, said: '' }])
    const { records } = await other.servicesFor({ door: 'web', user: ids.bilal! })
    await (await other.servicesFor({ door: 'system' })).records.update(Ticket, id, { subject: 'canary-subject' })
    await expect.poll(() => of(ada, 'record').at(-1)).toMatchObject({ version: 2, changed: true })
    await records.act(note, id, { body: 'canary-note' }).catch(() => undefined)
    await (await other.servicesFor({ door: 'system' })).records.act(note, id, { body: 'canary-note' })
    await expect.poll(() => of(ada, 'record').at(-1)?.said).toMatch(/^[0-9a-f-]{36}$/)
    expect(JSON.stringify(ada.heard)).not.toContain('canary')
  })

  it('hears nothing of what he may not read, and a customer nothing of notes', async () => {
    const id = await file()
    const [guard, fatou, ada] = [await listening('guard', id), await listening('fatou', id), await listening('ada', id)]
    await expect.poll(() => of(ada, 'record').length).toBe(1)
    await system.records.act(note, id, { body: 'Among us' })
    await expect.poll(() => of(ada, 'record').at(-1)?.said).not.toBe('')
    await expect.poll(() => of(fatou, 'record').length).toBeGreaterThan(1)
    expect(of(fatou, 'record').every(({ said }) => said === '')).toBe(true)
    expect(of(guard, 'record')).toEqual([])
    expect(of(guard, 'presence')).toEqual([])
    const nobody = await fetch(new URL('/events', address), { headers: { accept: 'text/event-stream' }, redirect: 'manual' })
    expect(nobody.status).toBeGreaterThanOrEqual(300)
  })

  it('sees who else does, who is writing, and who has left', async () => {
    const id = await file()
    const ada = await listening('ada', id)
    await expect.poll(() => of(ada, 'record').length).toBe(1)
    const bilal = await listening('bilal', id)
    const seen = (who: Listening) => of(who, 'presence').at(-1)?.people
    await expect.poll(() => seen(ada)).toEqual([{ user: ids.bilal, name: 'bilal', replying: false }])
    await expect.poll(() => seen(bilal)).toEqual([{ user: ids.ada, name: 'ada', replying: false }])
    const page = await (await fetch(new URL('/tickets', address), { headers: { cookie: cookies.bilal!, accept: 'text/html' } })).text()
    const [, csrf = ''] = /<meta name="csrf" content="([^"]*)"/.exec(page) ?? []
    const body = new URLSearchParams({ record: `tickets/${id}`, _csrf: csrf })
    expect((await fetch(new URL('/events/replying', address), { method: 'POST', body, headers: { cookie: cookies.bilal! } })).status).toBe(
      204,
    )
    await expect.poll(() => seen(ada)).toEqual([{ user: ids.bilal, name: 'bilal', replying: true }])
    bilal.leave()
    await expect.poll(() => seen(ada)).toEqual([])
  })
})

describe('A stream of events', () => {
  it('says the state again after the connection to the database was lost', async () => {
    const id = await file()
    const ada = await listening('ada', id)
    await expect.poll(() => of(ada, 'record').length).toBe(1)
    await app.connection.run(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen %'",
      [],
    )
    await expect.poll(() => of(ada, 'record').length, { timeout: 30_000 }).toBeGreaterThan(1)
    expect(ada.over()).toBe(false)
  })

  it('ends with the session, and where the rights of its reader are others', async () => {
    cookies.again = await signIn(ids.bilal!)
    const bilal = await listening('again', await file())
    await system.identity.signOutEverywhere(ids.bilal!)
    await expect.poll(() => bilal.over(), { timeout: 30_000 }).toBe(true)
    const zoe = (await system.identity.createUser({ email: 'zoe@example.org', name: 'zoe', roles: ['agent'] })).id
    cookies.zoe = await signIn(zoe)
    const hers = await listening('zoe', await file())
    await system.records.update(User, zoe, { roles: [{ code: 'viewer' }] })
    await expect.poll(() => hers.over(), { timeout: 30_000 }).toBe(true)
  })

  it('is refused to whoever has too many, and given again when he leaves one', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => listening('fatou')))
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200))
    expect((await listening('fatou')).status).toBe(429)
    all[0]!.leave()
    await expect.poll(async () => (await listening('fatou')).status).toBe(200)
  })

  it('reaches the lists of the other process: a view that is saved in one is in the menu of the other', async () => {
    const list = async () => (await fetch(new URL('/tickets', address), { headers: { cookie: cookies.ada!, accept: 'text/html' } })).text()
    expect(await list()).not.toContain('Saved elsewhere')
    const { records } = await other.servicesFor({ door: 'web', user: ids.ada! })
    const { id } = await records.create(SavedView, { name: 'Saved elsewhere', model: 'ticket', address: 'filter=urgent' })
    await expect.poll(list).toContain('Saved elsewhere')
    await records.remove(SavedView, id)
    await expect.poll(list).not.toContain('Saved elsewhere')
  })

  it('ends when its process does, and keeps nothing behind', async () => {
    const ada = await listening('ada', await file())
    await expect.poll(() => of(ada, 'record').length).toBe(1)
    app.endStreams()
    await expect.poll(() => ada.over(), { timeout: 30_000 }).toBe(true)
    const late = await listening('ada')
    await expect.poll(() => late.over(), { timeout: 30_000 }).toBe(true)
  })
})
