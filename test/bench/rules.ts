/** The module that the bench adds: a role with five rules, so that none of our figures comes from an ability that is open. */
import base, { agent, Role } from '@tessera/base'
import { ago, data, defineModule, me, role } from '@tessera/core'
import spp from '@tessera/spp'
import ticket, { Ticket } from '@tessera/ticket'

/** An agent who has all tickets, but for what three rules take away, two of them through relations; what he is given himself he keeps. */
const dispatcher = role('benchDispatcher', { label: 'Dispatcher', implies: [agent] })

export default defineModule({
  name: 'bench',
  depends: [base, ticket, spp],
  roles: [dispatcher],
  data: [data(Role, { benchDispatcher: { name: dispatcher.name, label: dispatcher.label } })],
  permissions: [
    dispatcher.can(['create', 'read', 'update'], Ticket),
    dispatcher.cannot(['create', 'read', 'update'], Ticket, { team: { active: false } }),
    dispatcher.cannot(['create', 'read', 'update'], Ticket, { sppRegistrant: 'sealed' }),
    dispatcher.cannot(['read', 'update'], Ticket, { status: { category: 'closed' }, closedAt: { $lt: ago({ days: 36_500 }) } }),
    dispatcher.can(['create', 'read', 'update'], Ticket, { assignee: me.id }),
  ],
})
