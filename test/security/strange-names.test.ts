/** Names and addresses that mean something to JavaScript or to a browser, sent to every route there is. */
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { type Ask, asCommand, Wire } from './whole/client.ts'
import { type WholeDesk, wholeDesk } from './whole/desk.ts'
import { Crowd, peopleOf } from './whole/people.ts'
import { idOf, populate } from './whole/population.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 })

let desk: WholeDesk
let crowd: Crowd
let wire: Wire
beforeAll(async () => {
  desk = await wholeDesk(inject('postgresUrl'))
  crowd = new Crowd(desk, await peopleOf(desk))
  await populate(desk, crowd.users, 1)
  await crowd.signIn()
  wire = new Wire(desk.address)
})
afterAll(async () => {
  wire?.close()
  await desk?.close()
})

const form = 'application/x-www-form-urlencoded'
/** Each route once, with the names filled in; what ends the session that asks is left out. */
const routes = () =>
  desk.http
    .routes()
    .filter(({ path }) => !/^\/(sign-out|view-as|profile\/(sessions|password|second-factor))/.test(path))
    .map(({ method, path }) => {
      const model = desk.composition.models.byPath(path.split('/')[2] ?? '') ?? desk.composition.models.byName('ticket')!
      const filled = path.replace(':model', 'tickets').replace(':action', 'assign').replace(':id', idOf(model, 0))
      return { method, path: filled.replace(/:\w+/g, 'nothing') }
    })
const administrator = () => crowd.headersOf(crowd.people.find(({ role }) => role === 'administrator')!)

it('Names of prototypes, in bodies, forms and queries, become no property of anything', async () => {
  const names = ['__proto__[polluted]=1', '__proto__.polluted=1', 'constructor[prototype][polluted]=1', 'filter[__proto__][polluted]=1']
  const body = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"name":"x"}'
  const faults: string[] = []
  for (const { method, path } of routes()) {
    const asks: Ask[] =
      method === 'GET'
        ? [{ method, path: `${path}?${names.map(encodeURI).join('&')}` }]
        : [
            { method, path, body, type: 'application/json' },
            { method, path, body: names.join('&'), type: form },
          ]
    for (const ask of asks) {
      const { status, text } = await wire.send(ask, administrator())
      if (status >= 500 && status !== 502) faults.push(`${status} ${asCommand('administrator', ask)} ${text.slice(0, 200)}`)
    }
  }
  expect(faults).toEqual([])
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect(Object.keys(Object.prototype)).toEqual([])
})

it('No page sends a browser to another site, whatever its parameters say', async () => {
  const elsewhere = ['https://evil.example', '//evil.example', '/\\evil.example', '/%09/evil.example', 'javascript:alert(1)']
  const names = ['next', 'back', 'return', 'to', 'url', 'redirect', 'at', 'in']
  const faults: string[] = []
  for (const [at, { method, path }] of routes().entries()) {
    if (path.startsWith('/api')) continue
    // Each in turn, and all of them everywhere with TESSERA_DEEP=1.
    for (const where of process.env.TESSERA_DEEP ? elsewhere : [elsewhere[0]!, elsewhere[1 + (at % 4)]!]) {
      const query = new URLSearchParams(names.map((name): [string, string] => [name, where])).toString()
      const ask: Ask =
        method === 'GET' ? { method, path: `${path}?${query}` } : { method, path: `${path}?${query}`, body: query, type: form }
      for (const who of [administrator(), {}]) {
        const { headers } = await wire.send(ask, who)
        for (const address of [headers.location, headers['hx-redirect'], headers.refresh]) {
          if (typeof address !== 'string') continue
          const leads = new URL(address, 'http://here.invalid')
          if (leads.origin !== 'http://here.invalid') faults.push(`${asCommand('somebody', ask)} -> ${address}`)
        }
      }
    }
  }
  expect(faults).toEqual([])
})
