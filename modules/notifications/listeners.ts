/** What is heard of a ticket, inside the transaction of the change; it is told at the end of that transaction. */
import { on, type Services } from '@tessera/core'
import { Activity, Message } from '@tessera/thread'
import { Ticket } from '@tessera/ticket'
import type { Happening } from './notification.service.ts'

const created = on(Ticket, 'create', (ticket, services) => {
  heard(services, { ticket: ticket.id, event: 'created' })
  if (ticket.assignee) heard(services, { ticket: ticket.id, event: 'assigned', to: 'assignee' })
})

const assigned = on(Ticket, ['assignee', 'team'], (ticket, services, { verb, fields }) => {
  const to = fields.includes('assignee') ? 'assignee' : 'team'
  if (verb === 'update') heard(services, { ticket: ticket.id, event: 'assigned', to })
})

const moved = on(Ticket, ['status'], (ticket, services, { verb, fields }) => {
  if (verb !== 'update') return
  const isClosing = ticket.closedAt !== null && fields.includes('closedAt')
  heard(services, { ticket: ticket.id, event: isClosing ? 'closed' : 'status' })
})

const joined = on(Ticket, ['mergedAt'], (ticket, services, { verb }) => {
  if (verb === 'update') heard(services, { ticket: ticket.id, event: 'status', joined: true })
})

/** A note is for those who read the ticket: no mail knows of it, but the ones to colleagues whom it names. */
const said = on(Message, 'create', async ({ id, ticket, kind, body, sender, mentions }, services) => {
  if (!ticket) return
  const words = { body, by: sender, message: id }
  if (kind === 'public') heard(services, { ticket: ticket.id, event: 'replied', said: words })
  const mentioned: string[] = []
  for (const { user } of mentions ?? []) if (await services.mayRead(user, Message, id)) mentioned.push(user)
  if (mentioned.length > 0) heard(services, { ticket: ticket.id, event: 'mentioned', mentioned, said: words })
})

/** Whom an activity is given to, unless it is done already. */
const planned = on(Activity, ['user'], ({ id, ticket, user, doneAt }, services) => {
  if (!ticket || doneAt) return
  heard(services, { ticket: ticket.id, event: 'planned', activity: { id, user: user.id } })
})

export const listeners = [created, assigned, moved, joined, said, planned]

function heard(services: Services, what: Omit<Happening, 'actor'>): void {
  const { context, records } = services
  // What is brought over from elsewhere happened long ago, there: nobody waits to hear of it.
  if (context.door === 'import' || Date.now() - context.now.getTime() > aDay) return
  const { id, name } = context.caller
  records.atEnd(tell, { ...what, actor: id === null ? null : { id, name } })
}
const aDay = 86_400_000

async function tell(happenings: readonly Happening[], { notifications }: Services): Promise<void> {
  for (const [ticket, its] of Map.groupBy(happenings, (each) => each.ticket)) await notifications.tell(ticket, its)
}
