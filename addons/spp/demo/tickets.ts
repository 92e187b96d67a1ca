/** Tickets with their past: filed, answered, moved, decided, closed, reopened and rated, each at its time. */
import type { Records } from '@tessera/core'
import { Message } from '@tessera/thread'
import { close, move, reopen, Ticket, TicketStatus } from '@tessera/ticket'
import type { Chance } from './chance.ts'
import type { Cast } from './people.ts'
import { answers, notes, subjects, thanks } from './subjects.ts'

const hour = 3_600_000

/** What the desk of a few months looks like: the older a ticket, the further it is. `rules` say who gets a new one, where there are any. */
export async function fileTickets(records: Records, cast: Cast, chance: Chance, now: Date, rules: boolean): Promise<number> {
  const statuses = await statusIds(records)
  const count = 320
  for (let at = 0; at < count; at += 40) {
    await records.transaction(async () => {
      for (let ticket = at; ticket < at + 40; ticket++) {
        // The last dozen came in within the last hours: the mails about them wait in the outbox.
        const age = ticket >= count - 12 ? chance.between(1, 20) : chance.between(26, 120 * 24)
        await fileOne(records, cast, chance, statuses, new Date(now.getTime() - age * hour), now, rules)
      }
    })
  }
  return count
}

async function fileOne(
  records: Records,
  cast: Cast,
  chance: Chance,
  statuses: ReadonlyMap<string, string>,
  filedAt: Date,
  now: Date,
  rules: boolean,
): Promise<void> {
  const type = chance.of(['inquiry', 'inquiry', 'request', 'request', 'complaint'] as const)
  const registrant = chance() < 0.92 ? chance.of(cast.registrants) : undefined
  const partner = registrant?.id ?? chance.of(cast.providers)
  const agent = chance.of(cast.agents)
  const ticket = await records.at(filedAt).create(Ticket, {
    ...chance.of(subjects[type]),
    partner,
    type: { code: type },
    priority: { code: chance.of(['low', 'medium', 'medium', 'high', 'urgent']) },
    sppProgram: registrant?.program ?? null,
    sppSeverity: type === 'complaint' ? chance.of(['minor', 'minor', 'serious', 'grave'] as const) : null,
    assignee: rules || chance() < 0.1 ? null : agent,
  })
  const author = ticket.assignee?.id ?? agent

  let at = filedAt
  /** Some hours later, never in the future; undefined when that has not come yet. */
  const later = (most: number): Date | undefined => {
    const then = new Date(at.getTime() + chance.between(1, most * 60) * (hour / 60))
    if (then > now) return undefined
    at = then
    return then
  }
  const say = async (most: number, said: { kind: 'public' | 'note'; sender: 'staff' | 'customer'; body: string }): Promise<boolean> => {
    const then = later(most)
    if (!then) return false
    const who = said.sender === 'staff' ? { author } : { partner, channel: 'email' }
    await records.at(then).create(Message, { ...said, ...who, ticket: ticket.id })
    if (said.sender === 'staff' && said.kind === 'public' && !isAnswered) {
      isAnswered = true
      await records.at(then).update(Ticket, ticket.id, { firstRepliedAt: then })
    }
    return true
  }
  let isAnswered = false
  const into = async (most: number, code: string): Promise<boolean> => {
    const then = later(most)
    if (then) await records.at(then).act(move, ticket.id, { status: statuses.get(code)! })
    return then !== undefined
  }

  if (chance() < 0.06) return
  if (!(await into(20, 'in_progress'))) return
  // What no rule gave to anybody, somebody takes.
  if (!ticket.assignee) await records.at(at).update(Ticket, ticket.id, { assignee: agent })
  if (chance() < 0.4 && !(await say(10, { kind: 'note', sender: 'staff', body: chance.of(notes) }))) return
  if (!(await say(30, { kind: 'public', sender: 'staff', body: chance.of(answers) }))) return
  if (chance() < 0.35) {
    if (!(await into(5, chance.of(['pending', 'on_hold']))) || chance() < 0.2) return
    if (!(await say(60, { kind: 'public', sender: 'customer', body: chance.of(thanks) })) || !(await into(1, 'in_progress'))) return
  }
  if (chance() < 0.12) return
  const closedAt = later(150)
  if (!closedAt) return
  if (type === 'complaint') {
    const sppDecision = chance.of(['upheld', 'upheld', 'partly', 'rejected'] as const)
    await records.at(closedAt).update(Ticket, ticket.id, { sppDecision, sppDecisionReason: 'As the records of the pay point show.' })
  }
  if (!ticket.sppRegistrant && ticket.sppProgram) return
  await records.at(closedAt).act(close, ticket.id, { status: statuses.get(chance.of(['resolved', 'resolved', 'closed']))! })
  if (chance() < 0.08) {
    const again = later(72)
    if (again) await records.at(again).act(reopen, ticket.id, {})
    return
  }
  const ratedAt = chance() < 0.5 ? later(48) : undefined
  if (ratedAt) await records.at(ratedAt).update(Ticket, ticket.id, { rating: chance.of([1, 2, 3, 4, 4, 5, 5, 5]), ratedAt })
}

async function statusIds(records: Records): Promise<ReadonlyMap<string, string>> {
  const { rows } = await records.query(TicketStatus, { fields: ['code'], limit: 200 })
  return new Map(rows.map(({ id, code }) => [code, id]))
}
