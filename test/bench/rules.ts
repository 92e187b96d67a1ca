/** The module that the bench adds: a role with five rules, so that none of our figures comes from an ability that is open. */
import base, { agent, Role } from '@tessera/base'
import { ago, data, defineModule, me, role } from '@tessera/core'
import spp from '@tessera/spp'
import ticket, { Ticket } from '@tessera/ticket'

/** An agent with conditions: two that give, three that take away, two of them through relations. */
const dispatcher = role('benchDispatcher', { label: 'Dispatcher', implies: [agent] })

export default defineModule({
  name: 'bench',
  depends: [base, ticket, spp],
  roles: [dispatcher],
  data: [data(Role, { benchDispatcher: { name: dispatcher.name, label: dispatcher.label } })],
  permissions: [
    dispatcher.cannot(['create', 'read', 'update'], Ticket, { team: { active: false } }),
    dispatcher.cannot(['create', 'read', 'update'], Ticket, { sppRegistrant: 'sealed' }),
    dispatcher.cannot(['read', 'update'], Ticket, { status: { category: 'closed' }, closedAt: { $lt: ago({ days: 36_500 }) } }),
    dispatcher.can(['create', 'read', 'update'], Ticket, { assignee: me.id }),
    dispatcher.can(['create', 'read', 'update'], Ticket, { createdBy: me.id }),
  ],
})
