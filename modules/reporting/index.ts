import base, { staff } from '@tessera/base'
import { defineModule, extend, menu, type Services } from '@tessera/core'
import partner from '@tessera/partner'
import thread from '@tessera/thread'
import ticket, { Ticket } from '@tessera/ticket'
import web from '@tessera/web'
import { FigureService } from './figures.service.ts'
import { pages, readFigures, reportRoute } from './pages.ts'

export type { Cell, FigureService, Look } from './figures.service.ts'
export { type Figure, figures, ticketsHref } from './figures.ts'
export { readFigures }

/** What figures look for in many tickets at once, with what they measure of them, so that the tables themselves stay unread. */
const indexed = extend(
  Ticket,
  {},
  {
    indexes: [
      { of: ['closedAt', 'hoursToClose'] },
      { of: ['firstRepliedAt', 'hoursToFirstReply'] },
      { of: ['rating'], where: { rating: { $ne: null } } },
    ],
  },
)

export default defineModule({
  name: 'reporting',
  depends: [base, partner, thread, ticket, web],
  extends: [indexed],
  services: { figures: FigureService },
  overrides: {
    client: (Client) =>
      class extends Client {
        readonly #has: boolean
        constructor(services: Services) {
          super(services)
          const { ability } = services.context.caller
          this.#has = ability.may(readFigures) && ability.possible('read', services.app.models.of(Ticket))
        }
        /** The day begins with the figures, for whoever has some. */
        override home(): string | undefined {
          return this.#has ? '/dashboard' : super.home()
        }
      },
  },
  menus: [menu('Dashboard', { icon: 'layout-dashboard', opens: '/dashboard', may: readFigures })],
  pages,
  routes: [reportRoute],
  permissions: [staff.may(readFigures)],
})
