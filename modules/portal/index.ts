import base, { agent, customer, staff } from '@tessera/base'
import { defineModule, me, type Services } from '@tessera/core'
import partner, { Partner } from '@tessera/partner'
import thread, { Message } from '@tessera/thread'
import ticket, { Ticket } from '@tessera/ticket'
import web from '@tessera/web'
import { accentPage, accentStyle, portalLook } from './accent.ts'
import { mayFill, portalForm } from './form.ts'
import { invite, partnerPatch } from './invite.ts'
import { pages } from './pages.ts'
import { PortalService } from './portal.service.ts'
import { source } from './source.ts'
import { supportMenus } from './support.ts'

export type { Asked, PortalForm } from './form.ts'
export type { Offer, PortalService } from './portal.service.ts'
export { invite, mayFill, portalForm, source }

export default defineModule({
  name: 'portal',
  depends: [base, partner, thread, ticket, web],
  services: { portal: PortalService },
  actions: [invite],
  data: [source],
  views: [partnerPatch],
  menus: supportMenus,
  pages: [...pages, accentPage],
  settings: [portalLook],
  permissions: [
    agent.can(invite, Partner),
    ...mayFill(portalForm('any')),
    customer.can('create', Ticket, { partner: me.partnerId }, ['type', 'partner', 'source']),
    // Whose message it is decides whether it may be read; so one may ask for those of a ticket.
    customer.can('read', Message, { kind: 'public' }, ['ticket']),
  ],
  overrides: {
    client: (Client) =>
      class PortalClient extends Client {
        readonly #services: Services
        constructor(services: Services) {
          super(services)
          this.#services = services
        }

        /** Customers have a place of their own. */
        override home(): string | undefined {
          const { ability } = this.#services.context.caller
          return ability.has(customer) && !ability.has(staff) ? '/my' : super.home()
        }

        override openStyles(): readonly string[] {
          return [...super.openStyles(), ...accentStyle(this.#services)]
        }
      },
  },
})
