/** Four processes on one database give out tickets as one does. */
import { Team } from '@tessera/base'
import { conditionOn, matches, type Services, type Values } from '@tessera/core'
import { bootTest, signedInAs, type TestApp, testConfig } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import fc from 'fast-check'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { type App, createApp } from '../../core/app.ts'
import { discover } from '../../core/module/discover.ts'
import { loadModules } from '../../core/module/load.ts'
import { AssignmentRule } from './index.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 })

let app: TestApp
let others: App[] = []
let system: Services
let clerks: readonly Services[]
let partners: readonly string[]
const cities = ['Basse', 'Brikama', null]

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['assignment-rules'])
  system = await app.servicesFor({ door: 'system' })
  const loaded = await loadModules(await discover(process.cwd(), []), ['assignment-rules'])
  const url = String(app.connection.pool.options.connectionString)
  const config = testConfig({ DATABASE_POOL: '4' })
  const open = () => createApp(loaded, { url, config, log: pino({ level: 'silent' }), version: 'test' })
  others = await Promise.all([open(), open(), open()])
  const { user } = await signedInAs(app, 'agent')
  clerks = await Promise.all([app, ...others].map((each) => each.servicesFor({ door: 'api', user })))
  partners = await system.records.createMany(
    Partner,
    cities.map((city) => ({ name: `Somebody of ${city}`, city })),
  )
})
afterAll(async () => {
  for (const each of others) await each.close()
  await app?.close()
})

const teamOf = async (name: string, size: number): Promise<string> => {
  const members = await Promise.all(Array.from({ length: size }, async () => (await signedInAs(app, 'agent')).user))
  return (await system.records.create(Team, { name, members })).id
}
/** How many tickets each member of the team has. */
const shares = async (team: string): Promise<readonly number[]> => {
  const groups = await system.records.group(Ticket, { by: ['assignee'], where: { team }, limit: 50 })
  return groups.map(({ count }) => Number(count))
}
/** By three clerks in each process, each filing the next as soon as he has filed one. */
async function fileAtOnce(count: number, subject: string): Promise<readonly Ticket[]> {
  const filed: Ticket[] = []
  let left = count
  const workers = clerks.flatMap((clerk) =>
    Array.from({ length: 3 }, async () => {
      while (left-- > 0) filed.push(await clerk.records.create(Ticket, { subject, partner: partners[0]! }))
    }),
  )
  await Promise.all(workers)
  return filed
}

describe.each(['round_robin', 'least_loaded'] as const)('Of 200 tickets that four processes file at once, by %s', (strategy) => {
  it('every member of the team gets his share, give or take one', async () => {
    const team = await teamOf(strategy, 7)
    await system.records.create(AssignmentRule, { name: strategy, strategy, team, condition: { subject: strategy } })
    const filed = await fileAtOnce(200, strategy)
    expect(filed).toHaveLength(200)
    expect(filed.filter(({ assignee }) => !assignee)).toEqual([])
    const given = await shares(team)
    expect(given.reduce((sum, each) => sum + each, 0)).toBe(200)
    expect(given).toHaveLength(7)
    expect(Math.max(...given) - Math.min(...given)).toBeLessThanOrEqual(1)
  })
})

it('Two rules that give to one team by load do not choose the same member at once', async () => {
  const team = await teamOf('shared', 4)
  for (const name of ['odd', 'even'])
    await system.records.create(AssignmentRule, { name, strategy: 'least_loaded', team, condition: { subject: name } })
  await Promise.all([fileAtOnce(20, 'even'), fileAtOnce(20, 'odd')])
  expect(await shares(team)).toEqual([10, 10, 10, 10])
})

it('A ticket that is not filed after all takes nobody’s turn', async () => {
  const team = await teamOf('turns', 2)
  await system.records.create(AssignmentRule, { name: 'turns', team, condition: { subject: 'turns' } })
  const [clerk] = clerks
  const given: (string | undefined)[] = []
  for (let at = 0; at < 4; at++) {
    const undone = clerk!.records.transaction(async () => {
      await clerk!.records.create(Ticket, { subject: 'turns', partner: partners[0]! })
      throw new Error('the clerk changed his mind')
    })
    await expect(undone).rejects.toThrow('changed his mind')
    given.push((await clerk!.records.create(Ticket, { subject: 'turns', partner: partners[0]! })).assignee?.id)
  }
  expect(given[0]).toBe(given[2])
  expect(given[1]).toBe(given[3])
  expect(given[0]).not.toBe(given[1])
})

it('The first rule that holds is the first whose condition matches in memory, whatever the rules are', async () => {
  const simple = fc.oneof(
    fc.constantFrom('complaint', 'request', 'inquiry').map((code) => ({ type: { code } })),
    fc
      .tuple(fc.constantFrom('$gte', '$lt', '$eq', '$ne'), fc.integer({ min: 1, max: 4 }))
      .map(([operator, level]) => ({ priority: { level: { [operator]: level } } })),
    fc.constantFrom(...cities).map((city) => ({ partner: { city } })),
    fc.constantFrom('LATE', 'card', 'lost card').map((word) => ({ subject: { $contains: word } })),
    fc.constantFrom({ description: { $null: true } }, { description: { $ne: null } }, { number: { $startsWith: 'T-' } }),
  )
  const { condition } = fc.letrec<{ condition: object }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3 },
      simple,
      fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((all) => ({ $and: all })),
      fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((any) => ({ $or: any })),
      tie('condition').map((not) => ({ $not: not })),
    ),
  }))
  const model = app.composition.models.of(Ticket)
  const asking = { me: {}, now: system.context.now }
  const tickets = await Promise.all(
    ['complaint', 'request', 'inquiry'].flatMap((type, at) =>
      ['low', 'high', 'urgent'].map((priority, other) =>
        clerks[0]!.records.create(Ticket, {
          subject: ['Late payment', 'Lost card', 'Card késő'][other]!,
          description: other === at ? null : 'More',
          type: { code: type },
          priority: { code: priority },
          partner: partners[(at + other) % 3]!,
        }),
      ),
    ),
  )
  const conditions = fc.array(fc.record({ condition, active: fc.boolean() }), { minLength: 1, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(conditions, async (wanted) => {
      const undone = system.records.transaction(async () => {
        for (const { id } of (await system.records.query(AssignmentRule, { fields: [], where: { active: true } })).rows)
          await system.records.update(AssignmentRule, id, { active: false })
        const rules: { readonly id: string; readonly clause: ReturnType<typeof conditionOn> }[] = []
        for (const [rank, about] of wanted.entries()) {
          const { id } = await system.records.create(AssignmentRule, {
            name: `r${rank}`,
            rank,
            strategy: 'person',
            person: clerks[0]!.context.caller.id!,
            ...about,
          })
          if (about.active) rules.push({ id, clause: conditionOn(model, about.condition) })
        }
        for (const ticket of tickets) {
          const expected = rules.find(({ clause }) => matches(clause, ticket as unknown as Values, asking))
          expect((await system.assignment.firstFor(ticket.id))?.id).toBe(expected?.id)
        }
        throw new Undone()
      })
      await expect(undone).rejects.toThrow(Undone)
    }),
    { numRuns: 40 },
  )
})
class Undone extends Error {}
