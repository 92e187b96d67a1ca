import { Forbidden, type Services } from '@tessera/core'
import { Ticket } from '@tessera/ticket'

declare module '@tessera/core' {
  interface Services {
    readonly network: NetworkService
  }
}

/** Where a ticket goes, by id; null for branch and team takes it back up. */
export interface HandOver {
  readonly company?: string | undefined
  readonly branch?: string | null | undefined
  readonly team?: string | null | undefined
}

/** How tickets move between the distributor, its dealers, their branches and teams. */
export class NetworkService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** To a company, a branch or a team. Nobody hands a ticket to where he could not see it himself. */
  async handOver(ticket: Ticket, { company, branch, team }: HandOver): Promise<void> {
    const { records } = this.#services
    await records.update(Ticket, ticket.id, { dealerCompany: company, dealerBranch: branch, team })
    if ((await records.count(Ticket, { where: { id: ticket.id } })) === 1) return
    throw new Forbidden(
      'dealership.out_of_reach',
      'You would hand ticket {number} to where you do not see it. Choose a place of your own, or ask your dealer manager.',
      ticket,
    )
  }

  /** Back to the distributor, who reviews it anew; the reason stays with the ticket for staff. */
  async giveBack(ticket: Ticket, reason: string): Promise<void> {
    const { records, tickets } = this.#services
    await tickets.note(ticket, reason)
    await records.update(Ticket, ticket.id, { dealerCompany: null, dealerBranch: null, team: null, assignee: null })
  }
}
