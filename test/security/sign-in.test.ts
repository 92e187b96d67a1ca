/** Whoever guesses passwords is slowed down, by all processes together, and nobody is locked out by others. */
import type { Services } from '@tessera/core'
import { bootTest, type TestApp, testConfig } from '@tessera/core/testing'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type App, createApp } from '../../core/app.ts'
import { discover } from '../../core/module/discover.ts'
import { loadModules } from '../../core/module/load.ts'
import { pauseBefore } from '../../modules/base/attempts.ts'
import { networkOf } from '../../modules/base/network.ts'
import { Visitor } from '../../modules/web/server/visitor.ts'

let app: TestApp
let other: App
let here: Services
let there: Services
const password = 'kettle of purple fish'

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web'])
  other = await createApp(await loadModules(await discover(process.cwd(), []), ['web']), {
    url: String(app.connection.pool.options.connectionString),
    config: testConfig({ DATABASE_POOL: '2' }),
    log: pino({ level: 'silent' }),
    version: 'test',
  })
  here = await app.servicesFor({ door: 'system' })
  there = await other.servicesFor({ door: 'system' })
})
afterAll(async () => {
  await other?.close()
  await app?.close()
})

/** What became of an attempt at an account that nobody tried before. */
let accounts = 0
async function attempt({ identity }: Services, ip: string): Promise<string> {
  accounts += 1
  return identity.signIn(`nobody.${accounts}@example.org`, password, { ip }).then(
    () => 'signed in',
    (error: { code: string }) => error.code ?? String(error),
  )
}

describe('Attempts to sign in from one address', () => {
  it('are ten a minute, exactly, however many processes are asked at the same moment', async () => {
    const outcomes = await Promise.all(Array.from({ length: 16 }, (_, at) => attempt(at % 2 ? here : there, '192.0.2.1')))
    const expected = [...Array(10).fill('base.sign_in_refused'), ...Array(6).fill('base.too_many')]
    expect(outcomes.toSorted()).toEqual(expected)
    expect(await attempt(there, '192.0.2.2')).toBe('base.sign_in_refused')
  })

  it('are those of its whole network in IPv6, where everybody has a billion addresses', async () => {
    for (let at = 0; at < 10; at++) expect(await attempt(here, `2001:db8:0:1::${at}`)).toBe('base.sign_in_refused')
    expect(await attempt(here, '2001:db8:0:1:ffff::1')).toBe('base.too_many')
    expect(await attempt(here, '2001:db8:0:2::1')).toBe('base.sign_in_refused')
  })

  it('are refused with 429 and the time to wait, also with the right password, and say nothing of the account', async () => {
    await here.identity.createUser({ email: 'ada@example.org', name: 'Ada', roles: ['agent'], password })
    const visitor = new Visitor(await app.listen())
    // Whatever the client claims to be forwarded for counts as nothing without a trusted proxy.
    const send = (email: string, typed: string, from: number) =>
      visitor.post('/sign-in', { email, password: typed }, { 'x-forwarded-for': `198.51.100.${from}` })
    for (let at = 0; at < 10; at++) expect((await send(`guess.${at}@example.org`, 'wrong password', at)).status).toBe(401)
    const [real, unknown] = [await send('ada@example.org', password, 11), await send('unknown@example.org', password, 12)]
    for (const { status, headers } of [real, unknown]) {
      expect(status).toBe(429)
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect(real.html.replaceAll('ada@', 'unknown@').replace(/\d+ seconds/, '')).toBe(unknown.html.replace(/\d+ seconds/, ''))
  })
})

describe('Attempts at one account', () => {
  it('take longer each time, for known and unknown accounts alike, and the owner gets in all the same', async () => {
    await here.identity.createUser({ email: 'bo@example.org', name: 'Bo', roles: ['agent'], password })
    for (const email of ['bo@example.org', 'unknown.bo@example.org'])
      for (let at = 0; at < 3; at++)
        await expect(here.identity.signIn(email, 'wrong password', { ip: `203.0.113.${at}` })).rejects.toMatchObject({ status: 401 })
    const began = performance.now()
    await expect(there.identity.signIn('unknown.bo@example.org', password, { ip: '203.0.113.8' })).rejects.toMatchObject({ status: 401 })
    expect(performance.now() - began).toBeGreaterThan(pauseBefore(4))
    const again = performance.now()
    expect(await there.identity.signIn(' BO@example.org', password, { ip: '203.0.113.9' })).toHaveProperty('token')
    expect(performance.now() - again).toBeGreaterThan(pauseBefore(4))
  })

  it('pause for nothing up to the third, then twice as long each time, and never longer than eight seconds', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 1000].map(pauseBefore)).toEqual([0, 0, 0, 500, 1000, 2000, 4000, 8000, 8000, 8000])
  })
})

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8::6', '2001:db8:0:0::/64'],
  ['2001:db8:0:0::6', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/64'],
  ['1:2:3:4::', '1:2:3:4::/64'],
])('%s belongs to the network %s', (address, network) => expect(networkOf(address)).toBe(network))
