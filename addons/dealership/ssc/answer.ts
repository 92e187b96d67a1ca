import { staff } from '@tessera/base'
import { on, type Services } from '@tessera/core'
import { Message } from '@tessera/thread'
import { type Closing, close, reply, Ticket, TicketStatus } from '@tessera/ticket'
import { RecallFinding } from './finding.model.ts'
import type { Recall } from './recalls.service.ts'

/** An SSC inquiry about a vehicle whose recalls are known is answered and resolved as soon as it is filed, by whichever door. */
export const answersAtOnce = on(Ticket, 'create', async (ticket, services: Services) => {
  if (ticket.type.code !== 'ssc_inquiry' || !ticket.dealerVin || ticket.closedAt) return
  const found = await services.recalls.lookUp(ticket.dealerVin)
  const system = services.asSystem('What the records say of a vehicle answers an inquiry by itself.')
  const say = (kind: 'public' | 'note', body: string) =>
    system.create(Message, { ticket: ticket.id, kind, body, sender: 'bot', author: null, partner: null })
  if (found.answered) {
    await system.createMany(
      RecallFinding,
      found.recalls.map((recall) => ({ ...recall, ticket: ticket.id })),
    )
    await say('public', answerFor(found.vin, found.recalls, services))
    await system.act(close, ticket.id, {})
  } else if (found.concerned !== null) {
    await say(
      'note',
      services.text(found.concerned ? 'dealership.ssc_manufacturer_yes' : 'dealership.ssc_manufacturer_no', { vin: found.vin }),
    )
  }
})

/** When staff resolve an SSC inquiry, the requester is told which recalls they found; a customer who closes it has no result. */
export async function tellFindings(ticket: Ticket, { status: into }: Closing, services: Services): Promise<void> {
  // One that goes on in another is answered there.
  if (ticket.type.code !== 'ssc_inquiry' || !ticket.dealerVin || ticket.mergedAt || !services.context.caller.ability.has(staff)) return
  const system = services.asSystem('The result of an SSC inquiry is told whole, whoever closes it.')
  if (into !== undefined && (await system.get(TicketStatus, into)).outcome !== 'success') return
  if (await system.find(Message, { ticket: ticket.id, sender: 'bot', kind: 'public' })) return
  const { rows } = await system.query(RecallFinding, {
    fields: ['code', 'description', 'repaired'],
    where: { ticket: ticket.id },
    limit: 200,
  })
  await services.records.act(reply, ticket.id, { body: answerFor(ticket.dealerVin, rows, services) })
}

/** What the requester reads: each recall in a line, or that there is none. */
function answerFor(vin: string, recalls: readonly Recall[], { text }: Services): string {
  if (recalls.length === 0) return text('dealership.ssc_none', { vin })
  const lines = recalls.map(({ code, description, repaired }) => {
    const state = text(repaired ? 'dealership.ssc_repaired' : 'dealership.ssc_open')
    return `${code}: ${description} (${state})`
  })
  return [text('dealership.ssc_found', { vin, count: recalls.length }), ...lines].join('\n')
}
