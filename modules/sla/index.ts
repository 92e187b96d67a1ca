import base, { automation, manager, viewer, views } from '@tessera/base'
import { defineModule, job, menu, on, show } from '@tessera/core'
import ticket, { Ticket } from '@tessera/ticket'
import web from '@tessera/web'
import { keepsHours } from './hours-check.ts'
import { SlaPolicy } from './policy.model.ts'
import { policyViews } from './policy.views.ts'
import { ServiceLevelService } from './service-levels.service.ts'
import { applySla, overdue, ticketExtension, ticketPatch } from './ticket.ts'
import { Holiday, WorkingHours, WorkingTime, workingHours, workingTimes } from './working-hours.model.ts'
import { workingHoursViews } from './working-hours.views.ts'

export type { ServiceLevelService } from './service-levels.service.ts'
export { applySla, Holiday, SlaPolicy, WorkingHours, WorkingTime, workingHours }

export default defineModule({
  name: 'sla',
  depends: [base, ticket, web],
  models: [WorkingHours, WorkingTime, Holiday, SlaPolicy],
  extends: [ticketExtension],
  services: { serviceLevels: ServiceLevelService },
  actions: [applySla],
  data: [workingHours, workingTimes],
  views: [...workingHoursViews, ...policyViews, ticketPatch],
  menus: [
    menu('SLA overdue', {
      in: views,
      icon: 'alert-triangle',
      opens: show(Ticket, { filter: ['overdue'] }),
      count: ({ records }) => records.count(Ticket, { where: overdue, about: true }),
    }),
    menu('Due within a day', { in: views, icon: 'hourglass', opens: show(Ticket, { filter: ['dueSoon'] }), count: true }),
    menu('SLA policies', { in: automation, icon: 'hourglass', opens: SlaPolicy }),
    menu('Working hours', { in: automation, icon: 'clock-hour-9', opens: WorkingHours }),
  ],
  permissions: [
    viewer.can('read', WorkingHours),
    viewer.can('read', WorkingTime),
    viewer.can('read', Holiday),
    viewer.can('read', SlaPolicy),
    manager.can(['create', 'update', 'delete'], WorkingHours),
    manager.can(['create', 'update', 'delete'], WorkingTime),
    manager.can(['create', 'update', 'delete'], Holiday),
    manager.can(['create', 'update', 'delete'], SlaPolicy),
    manager.can(applySla, Ticket),
  ],
  jobs: [job('sla.warn', { every: '* * * * *', run: (_, { serviceLevels }) => serviceLevels.warnAll() })],
  extras: {
    notifications: () => import('./with-notifications.ts'),
    reporting: () => import('./with-reporting.ts'),
  },
  events: [
    ...keepsHours,
    on(Ticket, 'create', (filed, { serviceLevels }) => serviceLevels.filed(filed)),
    on(Ticket, 'update', (changed, { serviceLevels }, { fields }) => serviceLevels.changed(changed, fields)),
  ],
})
