/** Who may do what with a ticket at which level: every combination over HTTP, against a table written down from the document. */
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openWorld, type Part, type World } from '../../test/stories/dealership.world.ts'
import { dealerType } from './index.ts'

let world: World
beforeAll(async () => {
  world = await openWorld(inject('postgresUrl'), ['dealership'])
})
afterAll(() => world?.app.close())

const levels = ['unassigned', 'dealer', 'branch', 'team', 'otherDealer'] as const
type Level = (typeof levels)[number]
const parts = ['distributor', 'dealerManager', 'dealer', 'branch', 'otherDealer', 'customer', 'website', 'identity'] as const

/** At which levels each sees the ticket: the first four are Tigris Cars', its branch Karrada's and that branch's team's. */
const sees: Readonly<Record<(typeof parts)[number], readonly Level[]>> = {
  distributor: levels,
  dealerManager: ['dealer', 'branch', 'team'],
  dealer: ['dealer', 'branch', 'team'],
  branch: ['branch', 'team'],
  otherDealer: ['otherDealer'],
  customer: levels,
  website: [],
  identity: [],
}
/** Roles that have no rule about the verb at all are told so before anything is looked up, or find nothing. */
const nobody = [403, 404]
const outside = ['website', 'identity']

interface Deed {
  readonly method: string
  readonly path: string
  readonly body?: (world: World) => object
  /** What is answered to each who sees the ticket. */
  readonly answers: (part: string, level: Level) => number
}
const workers = ['distributor', 'dealerManager', 'dealer', 'branch', 'otherDealer']
const ifWorker = (part: string) => (workers.includes(part) ? 200 : 403)
const isOfTigris = (part: string) => ['dealerManager', 'dealer', 'branch'].includes(part)

const deeds: Readonly<Record<string, Deed>> = {
  'read it': { method: 'GET', path: '', answers: () => 200 },
  'change it': { method: 'PATCH', path: '', body: () => ({ subject: 'Changed' }), answers: ifWorker },
  'hand it to a team of Karrada': {
    method: 'POST',
    path: '/handOver',
    body: ({ teams }) => ({ team: teams.karradaSales }),
    answers: (part) => (part === 'distributor' || isOfTigris(part) ? 200 : part === 'otherDealer' ? 422 : 403),
  },
  'hand it to another branch of Tigris': {
    method: 'POST',
    path: '/handOver',
    body: ({ branches }) => ({ branch: branches.parts }),
    answers: (part) => (['distributor', 'dealerManager', 'dealer'].includes(part) ? 200 : workers.includes(part) ? 422 : 403),
  },
  'hand it to the other dealer': {
    method: 'POST',
    path: '/handOver',
    body: ({ companies }) => ({ company: companies.zagros }),
    answers: (part) => (part === 'distributor' || part === 'otherDealer' ? 200 : workers.includes(part) ? 422 : 403),
  },
  'write the other dealer into it': {
    method: 'PATCH',
    path: '',
    body: ({ companies }) => ({ dealerCompany: companies.zagros }),
    answers: (part) => (part === 'distributor' || part === 'otherDealer' ? 200 : workers.includes(part) ? 422 : 403),
  },
  'take its company away': {
    method: 'PATCH',
    path: '',
    body: () => ({ dealerCompany: null }),
    answers: (part, level) => (part === 'distributor' || (level === 'unassigned' && workers.includes(part)) ? 200 : 403),
  },
  'assign it to a person of the other dealer': {
    method: 'POST',
    path: '/assign',
    body: ({ people }) => ({ assignee: people.otherDealer.user }),
    answers: (part, level) => {
      if (!workers.includes(part)) return 403
      if (part === 'otherDealer') return 200
      if (part === 'distributor') return level === 'unassigned' || level === 'otherDealer' ? 200 : 422
      return 422
    },
  },
  'return it to the distributor': {
    method: 'POST',
    path: '/giveBack',
    body: () => ({ reason: 'We do not sell this model' }),
    answers: (part, level) => (part === 'distributor' ? (level === 'unassigned' ? 422 : 200) : part === 'dealerManager' ? 200 : 403),
  },
  'reply to the customer': { method: 'POST', path: '/reply', body: () => ({ body: 'Hello' }), answers: () => 200 },
  'note something': { method: 'POST', path: '/note', body: () => ({ body: 'Between us' }), answers: ifWorker },
  'close it': { method: 'POST', path: '/close', body: () => ({}), answers: () => 200 },
  'remove it': { method: 'DELETE', path: '', answers: () => 403 },
}

async function ticketAt(level: Level): Promise<string> {
  const { system, partner, companies, branches, teams } = world
  const place = {
    unassigned: {},
    dealer: { dealerCompany: companies.tigris },
    branch: { dealerBranch: branches.karrada },
    team: { team: teams.karradaSales },
    otherDealer: { dealerCompany: companies.zagros },
  }[level]
  return (await system.records.create(Ticket, { subject: 'A question', partner, type: dealerType.general_inquiry, ...place })).id
}

describe.each(parts)('As to tickets, %s', (part) => {
  describe.each(levels)('at the level %s', (level) => {
    it.each(Object.keys(deeds))('may or may not %s', async (name) => {
      const deed = deeds[name]!
      const id = await ticketAt(level)
      const { status, body } = await world.ask(part as Part, deed.method, `/api/tickets/${id}${deed.path}`, deed.body?.(world))
      const before = { level, status, said: body?.detail }
      if (outside.includes(part)) expect(nobody, JSON.stringify(before)).toContain(status)
      else if (!sees[part].includes(level)) expect([404, 403], JSON.stringify(before)).toContain(status)
      else expect(status === 204 ? 200 : status, JSON.stringify(before)).toBe(deed.answers(part, level))
      // Whoever was refused has changed nothing.
      if (status >= 400) expect(await world.system.records.get(Ticket, id)).toMatchObject({ version: 1 })
    })
  })
})

it('Everybody lists exactly the tickets that he sees', async () => {
  const ids = new Map<string, Level>()
  for (const level of levels) ids.set(await ticketAt(level), level)
  for (const part of parts) {
    const { status, body } = await world.ask(part, 'GET', `/api/tickets?filter[id][in]=${[...ids.keys()].join(',')}`)
    const listed = status === 200 ? (body.data ?? body.rows ?? body).map((row: { id: string }) => ids.get(row.id)).sort() : []
    expect([part, listed]).toEqual([part, [...sees[part]].sort()])
  }
})
