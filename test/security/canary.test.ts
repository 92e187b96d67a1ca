/**
 * A unique text in every field of every model, and every route and page asked by everybody: what somebody is given holds only what
 * the policy, asked in memory, lets him know.
 */
import { ApiKey } from '@tessera/base'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { Asking } from './whole/asking.ts'
import { Wire } from './whole/client.ts'
import { type WholeDesk, wholeDesk } from './whole/desk.ts'
import { dashboardHints } from './whole/hints/dashboard.ts'
import { fileHints } from './whole/hints/files.ts'
import { hourHints } from './whole/hints/hours.ts'
import { importHints } from './whole/hints/imports.ts'
import { listHints } from './whole/hints/lists.ts'
import { moduleElsewhere, moduleHints } from './whole/hints/modules.ts'
import { programHints } from './whole/hints/programs.ts'
import { screenHints } from './whole/hints/screens.ts'
import { signInHints } from './whole/hints/sign-in.ts'
import { Crowd, peopleOf } from './whole/people.ts'
import { type Population, populate } from './whole/population.ts'
import type { Document } from './whole/questions.ts'
import { type Chance, chance, seedOfRun } from './whole/random.ts'
import { type Hints, Stage } from './whole/stage.ts'
import { truthOf } from './whole/truth.ts'
import { Watch } from './whole/watch.ts'

vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 120_000 })

const seed = seedOfRun()
const atLeast = process.env.TESSERA_DEEP ? 100_000 : 8_000
let desk: WholeDesk
let crowd: Crowd
let population: Population
let document: Document
let wire: Wire
let watch: Watch

beforeAll(async () => {
  desk = await wholeDesk(inject('postgresUrl'))
  const people = await peopleOf(desk)
  crowd = new Crowd(desk, people)
  population = await populate(desk, crowd.users, seed)
  await crowd.remember()
  await crowd.signIn()
  wire = new Wire(desk.address)
  const administrator = people.find(({ role }) => role === 'administrator')!
  document = JSON.parse((await wire.send({ method: 'GET', path: '/api/openapi.json' }, crowd.headersOf(administrator))).text)
  watch = new Watch(desk, wire, crowd, population, await truthOf(desk))
  desk.newLines()
})
afterAll(async () => {
  wire?.close()
  await desk?.close()
})

/** Everybody, with what he has not asked yet. */
function askingsOf(random: Chance): readonly Asking[] {
  const segments = new Set<string>()
  return crowd.people.map((person) => new Asking(desk, document, random, segments, person))
}

/** The pages that everybody begins with. */
async function begin(asking: Asking): Promise<void> {
  const { person } = asking
  for (const path of ['/', '/api/openapi.json', '/my', '/contact', '/sign-in'])
    asking.learns(await wire.send({ method: 'GET', path }, crowd.headersOf(person)))
}

function expectNoFaults(): void {
  const found = watch.faults.splice(0)
  expect(found.slice(0, 12).join('\n'), `${found.length} faults; repeat with TESSERA_SEED=${seed}`).toBe('')
}

const nameOf = ({ method, path }: { readonly method: string; readonly path: string }): string => `${method} ${path}`
/** What makes a request fit where chance alone hardly would. */
const hints: Hints = {
  ...signInHints,
  ...screenHints,
  ...dashboardHints,
  ...listHints,
  ...programHints,
  ...moduleHints,
  ...fileHints,
  ...importHints,
  ...hourHints,
}
/** Routes that no request of this test can fit, with the test that walks them. */
const elsewhere: Readonly<Record<string, string>> = {
  ...moduleElsewhere,
  'GET /confirm/with/:provider': 'Leads to another server, which must answer: modules/oidc/oidc.test.ts.',
  'POST /profile/connections/:provider': 'Leads to another server, which must answer: modules/oidc/oidc.test.ts.',
}

describe('Whoever asks, whatever he asks', () => {
  const random = chance(seed)
  let askings: readonly Asking[]

  it('learns by reading only what the policy lets him know', async () => {
    askings = askingsOf(random)
    for (const asking of askings) {
      await begin(asking)
      const count = Math.ceil((atLeast * 0.7) / askings.length)
      await watch.send(asking, count, () => asking.reading(), await watch.reading(asking.person))
    }
    expectNoFaults()
  })

  it('is answered well wherever somebody may ask, and asks there what fits', async () => {
    watch.reached.clear()
    const missed: string[] = []
    const stage = new Stage(desk, wire, crowd, await desk.servicesFor({ door: 'system' }))
    // One after the other and by chance of their own: the same requests at each run.
    const own = askingsOf(chance(seed))
    for (const asking of own) await begin(asking)
    for (const route of desk.http.routes()) {
      const name = nameOf(route)
      if (name in elsewhere || (await isNobodys(route))) continue
      const hint = hints[name]
      if (hint) {
        const { person, ask } = await hint(stage)
        await watch.ask(person, ask, await watch.changing(person))
      } else {
        await crowd.signIn()
        const asking = own.find(({ person }) => person.role === aimedBy(route)) ?? own[0]!
        const judgement = await watch.changing(asking.person)
        for (let tries = 0; tries < 240 && !watch.reached.has(name); tries++)
          await watch.send(asking, 1, () => asking.for(route), judgement)
      }
      if (!watch.reached.has(name)) missed.push(`${name}: ${watch.lastRefusal}`)
    }
    await crowd.restore()
    expectNoFaults()
    expect(missed, `seed ${seed}`).toEqual([])
  })

  it('learns by changing what he may change only what the policy lets him know then', async () => {
    for (const asking of askings) {
      const count = Math.ceil((atLeast * 0.31) / askings.length)
      await watch.send(asking, count, () => asking.writing(), await watch.changing(asking.person))
      await crowd.restore()
    }
    expectNoFaults()
  })

  it('is mailed nothing else either, and the log holds none of it', async () => {
    await desk.queue.drain()
    await watch.judgeMails()
    for (const line of desk.newLines()) if (/kanari[0-9a-z]{6}/i.test(line)) watch.faults.push(`The log: ${line.slice(0, 500)}`)
    expectNoFaults()
  })

  it('has asked often enough, of every route that the document names', async () => {
    const all = desk.http.routes().map(nameOf)
    const documented = Object.entries(document.paths).flatMap(([path, of]) =>
      Object.keys(of).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    )
    const named = [...documented, ...Object.keys(hints), ...Object.keys(elsewhere)]
    expect(named.filter((route) => !all.includes(route))).toEqual([])
    expect(watch.asked).toBeGreaterThanOrEqual(atLeast)
    console.info(`Seed ${seed}: ${watch.asked} requests, answered ${JSON.stringify(watch.answers)}`)
  })
})

/** Where the rules let nobody do it, whoever he is: the records follow from what happens. */
async function isNobodys({ may }: { readonly may: string }): Promise<boolean> {
  const [verb = '', name = ''] = may.split(' ')
  const model = desk.composition.models.byName(name)
  if (!model) return false
  const abilities = await Promise.all(crowd.people.map((person) => crowd.someone(person)))
  return !abilities.some(({ ability }) => ability.possible(verb, model))
}

/** Who may do it, as the route says; the administrator may nearly everything. */
function aimedBy({ may }: { readonly may: string }): string {
  const named = /^role (\w+)$/.exec(may)?.[1]
  return named === 'customer' || named === 'intake' ? named : 'administrator'
}

describe('An API key of somebody else', () => {
  it('is neither read, moved nor deleted by an agent', async () => {
    const agent = crowd.people.find(({ role }) => role === 'agent')!
    const { identity, records } = await desk.servicesFor({ door: 'system' })
    const other = crowd.people.find(({ role }) => role === 'manager')!.user!
    const { id } = await identity.createKey(other, 'Of the manager')
    const send = (method: string, body?: object) =>
      wire.send(
        { method, path: `/api/api-keys/${id}`, ...(body && { body: JSON.stringify(body), type: 'application/json' }) },
        crowd.headersOf(agent),
      )
    expect([(await send('GET')).status, (await send('PATCH', { user: agent.user })).status, (await send('DELETE')).status]).toEqual([
      404, 404, 404,
    ])
    expect(await records.count(ApiKey, { where: { id, user: other } })).toBe(1)
  })
})
