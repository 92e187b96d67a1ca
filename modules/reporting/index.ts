import base, { staff } from '@tessera/base'
import { defineModule, extend, menu } from '@tessera/core'
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
  menus: [menu('Reports', { icon: 'chart-bar', opens: '/reports', may: readFigures })],
  pages,
  routes: [reportRoute],
  permissions: [staff.may(readFigures)],
})
