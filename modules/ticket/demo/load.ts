import { Team } from '@tessera/base'
import { type Records, type Services, UserError } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { SavedReply } from '@tessera/thread'
import { close, move, Ticket } from '../ticket.model.ts'
import { source } from '../ticket-source.model.ts'
import { TicketStatus } from '../ticket-status.model.ts'
import { inventedPersonOf } from './invented-people.ts'
import { savedReplies } from './saved-replies.ts'
import { readServiceRequests, type ServiceRequest } from './service-requests.ts'

/**
 * Files the 1,000 real requests of the file as tickets, at their own times: agencies become teams, channels sources, and
 * each is filed by an invented person of the borough. Loading again adds only what is missing. Returns how many were added.
 */
export async function loadDemo(services: Services): Promise<{ readonly tickets: number; readonly partners: number }> {
  const records = services.asSystem('Demonstration data belongs to nobody.')
  await loadSavedReplies(records)
  const requests = await missingOf(records, await readServiceRequests())
  const first = requests[0]
  if (!first) return { tickets: 0, partners: 0 }

  const atFirst = records.at(first.createdAt)
  const teams = await teamsOf(atFirst, requests)
  const { partners, added } = await partnersOf(atFirst, requests)
  const statuses = { in_progress: await statusId(records, 'in_progress'), closed: await statusId(records, 'closed') }
  for (const batch of inBatches(requests)) {
    await records.transaction(async () => {
      for (const request of batch) {
        const partner = partners.get(inventedPersonOf(request.key, request.borough).externalId)!
        await fileTicket(records, request, { partner, team: teams.get(request.agency)!, statuses })
      }
    })
  }
  return { tickets: requests.length, partners: added }
}

/** What an agent says every day, in the languages of the desk; loading again adds only what is missing. */
async function loadSavedReplies(records: Records): Promise<void> {
  const { rows } = await records.query(SavedReply, { fields: ['name'], where: { name: { $in: savedReplies.map(({ name }) => name) } } })
  const known = new Set(rows.map(({ name }) => name))
  await records.createMany(
    SavedReply,
    savedReplies.filter(({ name }) => !known.has(name)),
  )
}

/** One ticket with its past: filed at the time of the request, then moved or closed at the time of its last change. */
async function fileTicket(
  records: Records,
  request: ServiceRequest,
  to: { partner: string; team: string; statuses: { in_progress: string; closed: string } },
): Promise<void> {
  const { key, subject, description, channel, type, priority, createdAt, became } = request
  const ticket = await records.at(createdAt).create(Ticket, {
    externalId: key,
    subject,
    description,
    type: { code: type },
    priority: { code: priority },
    source: channel ? source[channel] : null,
    partner: to.partner,
    team: to.team,
  })
  if (became?.status === 'in_progress') await records.at(became.at).act(move, ticket.id, { status: to.statuses.in_progress })
  if (became?.status === 'closed') await records.at(became.at).act(close, ticket.id, { status: to.statuses.closed })
}

async function missingOf(records: Records, requests: readonly ServiceRequest[]): Promise<readonly ServiceRequest[]> {
  const keys = requests.map(({ key }) => key)
  const tickets = await found(keys, (some) =>
    records.query(Ticket, { fields: ['externalId'], where: { externalId: { $in: some } }, limit: some.length }),
  )
  const loaded = new Set(tickets.map(({ externalId }) => externalId))
  return requests.filter(({ key }) => !loaded.has(key))
}

/** The ids of the agencies' teams by name; those that are missing are made. */
async function teamsOf(records: Records, requests: readonly ServiceRequest[]): Promise<ReadonlyMap<string, string>> {
  const names = [...new Set(requests.map(({ agency }) => agency))]
  const teams = await found(names, (some) => records.query(Team, { fields: ['name'], where: { name: { $in: some } }, limit: some.length }))
  const ids = new Map(teams.map(({ id, name }) => [name, id]))
  const missing = names.filter((name) => !ids.has(name)).map((name) => ({ name }))
  const made = await records.createMany(Team, missing)
  for (const [i, id] of made.entries()) ids.set(missing[i]!.name, id)
  return ids
}

/** The ids of the invented people by external id; those that are missing are made. */
async function partnersOf(records: Records, requests: readonly ServiceRequest[]) {
  const people = new Map(
    requests.map(({ key, borough }) => {
      const person = inventedPersonOf(key, borough)
      return [person.externalId, person]
    }),
  )
  const known = await found([...people.keys()], (some) =>
    records.query(Partner, { fields: ['externalId'], where: { externalId: { $in: some } }, limit: some.length }),
  )
  const partners = new Map(known.map(({ id, externalId }) => [externalId ?? '', id]))
  const missing = [...people.values()].filter(({ externalId }) => !partners.has(externalId))
  const made = await records.createMany(Partner, missing)
  for (const [i, id] of made.entries()) partners.set(missing[i]!.externalId, id)
  return { partners, added: made.length }
}

async function statusId(records: Records, code: string): Promise<string> {
  const status = await records.find(TicketStatus, { code })
  if (status) return status.id
  throw new UserError(
    'ticket.demo_status',
    'The demonstration needs the ticket status with the code "{code}", which was removed. Add it under Configuration, Statuses.',
    { code },
  )
}

/** A query takes at most 200 at once. */
async function found<R>(
  keys: readonly string[],
  look: (some: readonly string[]) => Promise<{ readonly rows: readonly R[] }>,
): Promise<R[]> {
  const rows: R[] = []
  for (const some of inBatches(keys)) rows.push(...(await look(some)).rows)
  return rows
}

function* inBatches<V>(all: readonly V[]): Generator<readonly V[]> {
  for (let start = 0; start < all.length; start += 200) yield all.slice(start, start + 200)
}
