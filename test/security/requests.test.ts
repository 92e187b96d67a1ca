/** What a browser, a script or another site may send, and how the doors take it. */
import { get } from 'node:http'
import { Team, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, signedInAs, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { visitorAs } from '../../modules/web/server/visitor.ts'

let app: TestApp
let address: string
let system: Services

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
  address = await app.listen()
  system = await app.servicesFor({ door: 'system' })
})
afterAll(() => app.close())

/** `fetch` sets the Host header itself. */
function sendAs(path: string, headers: Readonly<Record<string, string>>): Promise<{ headers: string; text: string }> {
  return new Promise((resolve, reject) => {
    get(new URL(path, address), { headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () => resolve({ headers: answer.rawHeaders.join(' '), text }))
    }).on('error', reject)
  })
}

describe('A session without its token', () => {
  it('changes nothing through the API, however the address is spelt', async () => {
    const { user } = await signedInAs(app, 'manager')
    const { token } = await system.identity.openSession(user)
    for (const path of [
      '/api/teams',
      '/API/teams',
      '/Api/teams',
      '/api/TEAMS',
      '/api/teams/',
      '//api/teams',
      '/%61pi/teams',
      '/api/../API/teams',
    ]) {
      for (const type of ['application/json', 'text/plain']) {
        const { status } = await fetch(address + path, {
          method: 'POST',
          headers: { cookie: `tessera=${token}`, 'content-type': type },
          body: JSON.stringify({ name: `Forged by ${path} ${type}` }),
          redirect: 'manual',
        })
        expect([path, type, status]).toEqual([path, type, expect.toSatisfy((code: number) => code >= 300 && code < 500)])
      }
    }
    expect(await system.records.count(Team)).toBe(0)
  })
})

describe('The Host header', () => {
  it('is in no page, redirect or document', async () => {
    const { user } = await signedInAs(app, 'viewer')
    const { token } = await system.identity.openSession(user)
    const forged = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    }
    for (const path of ['/', '/sign-in', '/tickets', '/tickets/new', '/nothing', '/api/openapi.json', '/api/tickets', '/api/nothing']) {
      const { headers, text } = await sendAs(path, { ...forged, cookie: `tessera=${token}` })
      expect([path, `${headers} ${text}`.includes('evil.example')]).toEqual([path, false])
    }
  })
})

describe('What somebody who is signed in was shown', () => {
  it('stays in no cache, errors included', async () => {
    const agent = await visitorAs(app, 'agent')
    const none = '00000000-0000-7000-8000-000000000000'
    for (const path of [
      '/tickets',
      '/tickets/new',
      `/tickets/${none}`,
      '/nothing',
      '/users/new',
      '/tickets?where={',
      '/tickets/options?field=partner',
      '/api/nothing',
    ])
      expect([path, (await agent.get(path)).headers.get('cache-control')]).toEqual([path, 'no-store'])
  })
})

describe('A filter in an address', () => {
  const nested = (depth: number) => `${'{"$not":'.repeat(depth)}{"subject":"a"}${'}'.repeat(depth)}`

  it('is refused when it is deeper or longer than a person would need', async () => {
    const agent = await visitorAs(app, 'agent')
    const wide = JSON.stringify({ $or: Array.from({ length: 500 }, (_, at) => ({ subject: { $contains: `pothole ${at}` } })) })
    for (const where of [nested(25), nested(400)]) expect((await agent.get(`/tickets?where=${encodeURIComponent(where)}`)).status).toBe(400)
    const many = Array.from({ length: 20_000 }, () => 'facet.type=a').join('&')
    expect((await agent.post('/tickets/actions/close', { all: many })).status).toBe(400)
    for (const where of [nested(25), nested(20_000), wide])
      expect((await agent.post('/tickets/actions/close', { all: `where=${encodeURIComponent(where)}` })).status).toBe(400)
    expect((await agent.get(`/tickets?where=${encodeURIComponent(nested(4))}`)).status).toBe(200)
  })

  it('that nobody can read is refused in every view, and nothing is left running', async () => {
    const agent = await visitorAs(app, 'agent')
    for (const rest of ['', '&view=kanban', '&group=status', '&q=a', '&sort=-createdAt'])
      for (const wrong of ['where={', 'where=[]', 'facet.createdAt:day=2024-99-99', 'facet.nothing=1', 'sort=passwordHash', 'after=zzz']) {
        const { status } = await agent.get(`/tickets?${wrong}${rest}`)
        expect([wrong, rest, status]).toEqual([wrong, rest, expect.toSatisfy((code: number) => code < 500)])
      }
  })
})

describe('A language or time zone that nobody has', () => {
  it('is refused, since no page could be shown in it any more', async () => {
    const agent = await visitorAs(app, 'agent')
    for (const [field, value] of [
      ['language', 'en-12'],
      ['language', 'en-a-a'],
      ['language', `en${'-abcdefgh'.repeat(50)}`],
      ['zone', 'Mars/Olympus'],
    ] as const) {
      await expect(system.records.update(User, agent.user, { [field]: value })).rejects.toMatchObject({ code: 'record.invalid' })
    }
    for (const [language, zone] of [
      ['fr-CA', 'Europe/Paris'],
      ['zh-Hant-TW', '+05:30'],
      ['xx', 'Asia/Kathmandu'],
    ] as const) {
      await system.records.update(User, agent.user, { language, zone })
      for (const path of ['/tickets', '/tickets?group=createdAt:day', '/api/tickets']) {
        const { status } = await agent.get(path)
        expect([language, path, status]).toEqual([language, path, 200])
      }
    }
  })
})
