import { after, defineModule, given, migration, on, type Services } from '@tessera/core'
import { close, newTicket, Partner, Ticket } from './desk.ts'

export class TicketService {
  constructor(services: Services) {
    void services
  }
  async shut(ticket: Ticket, reason?: string): Promise<void> {
    await Promise.resolve([ticket, reason])
  }
}
declare module '@tessera/core' {
  interface Services {
    readonly desk: TicketService
  }
}

defineModule({
  name: 'overriding',
  overrides: {
    // refused: Type '(id: number) => Promise<void>' is not assignable to type '(ticket: Ticket, reason?: string
    desk: (Parent) =>
      class extends Parent {
        // refused: Type '(id: number) => Promise<void>' is not assignable to type '(ticket: Ticket, reason?: string
        override async shut(id: number): Promise<void> {
          await Promise.resolve(id)
        }
      },
  },
})
defineModule({
  name: 'overriding',
  overrides: {
    desk: (Parent) =>
      class extends Parent {
        // refused: Did you mean 'shut'?
        override async shutt(): Promise<void> {}
      },
  },
})
// refused: 'deks' does not exist in type
defineModule({ name: 'overriding', overrides: { deks: (Parent: typeof TicketService) => Parent } })
// refused: Property 'name' is missing
defineModule({ models: [Ticket] })
// refused: 'model' does not exist in type
defineModule({ name: 'x', model: [Ticket] })
// refused: is not assignable to type
defineModule({ name: 'x', depends: ['ticket'] })
// refused: Property 'start' does not exist on type
defineModule({ name: 'x', events: [on(Ticket, close, (ticket) => ticket.start)] })
// refused: Property 'subject' does not exist on type
after(Ticket, 'delete', (ticket) => ticket.subject)
// refused: is not assignable to parameter of type
after(Ticket, newTicket, () => undefined)
// refused: Type '"subjct"' is not assignable
after(Ticket, ['subjct'], () => undefined)
// refused: Argument of type '"changed"' is not assignable
after(Partner, 'changed', () => undefined)

// refused: 'dueAtt' does not exist in type
migration('due', Ticket, { backfill: { set: { dueAtt: null } } })
// refused: Type 'string' is not assignable to type 'Date | Given
migration('due', Ticket, { backfill: { set: { dueAt: 'tomorrow' } } })
// refused: Property 'subject' does not exist on type
migration('due', Ticket, { backfill: { set: { dueAt: given(['createdAt'], ({ subject }) => subject) } } })
// refused: 'subjct' does not exist in type
migration('due', Ticket, { backfill: { where: { subjct: null }, set: {} } })
