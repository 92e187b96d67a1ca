/** Where people are notified, whoever has a ticket is told when it is at risk and when it is overdue. */
import type { Extra } from '@tessera/core'
import type { Ticket } from '@tessera/ticket'
import type { Stage } from './service-levels.service.ts'

const extra: Extra = {
  overrides: {
    serviceLevels: (ServiceLevels) =>
      class TellingServiceLevels extends ServiceLevels {
        protected override async tell(ticket: Ticket, stage: Stage): Promise<void> {
          await this.services.notifications.tell(ticket.id, [{ ticket: ticket.id, event: stage, actor: null }])
        }
      },
  },
}
export default extra
