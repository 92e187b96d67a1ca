import base, { agent, automation, manager, viewer } from '@tessera/base'
import { defineModule, menu, on } from '@tessera/core'
import ticket, { Ticket } from '@tessera/ticket'
import web from '@tessera/web'
import { AssignmentService } from './assignment.service.ts'
import { AssignmentRule, AssignmentTurn, autoAssign, beginTurn } from './rule.model.ts'
import { ruleViews } from './rule.views.ts'
import { ticketExtension, ticketPatch, userExtension, userPatch } from './ticket.ts'
import { tryPages } from './try.ts'

export type { AssignmentService, Receiver } from './assignment.service.ts'
export { AssignmentRule, autoAssign }

export default defineModule({
  name: 'assignment-rules',
  depends: [base, ticket, web],
  models: [AssignmentRule, AssignmentTurn],
  extends: [ticketExtension, userExtension],
  services: { assignment: AssignmentService },
  actions: [autoAssign],
  views: [...ruleViews, ticketPatch, userPatch],
  menus: [
    menu('Assignment rules', { in: automation, icon: 'route', opens: AssignmentRule }),
    menu('Try the rules', { in: automation, icon: 'route', opens: '/assignment-rules/try' }),
  ],
  pages: tryPages,
  permissions: [
    viewer.can('read', AssignmentRule),
    manager.can(['create', 'update', 'delete'], AssignmentRule),
    agent.can(autoAssign, Ticket),
  ],
  events: [
    on(AssignmentRule, 'create', (rule, { asSystem }) => beginTurn(rule, asSystem('The turn of a rule is kept by the system.'))),
    on(Ticket, 'create', (filed, { assignment }) => assignment.created(filed)),
  ],
})
