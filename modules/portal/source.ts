import { data } from '@tessera/core'
import { TicketSource } from '@tessera/ticket'

/** How tickets of the portal and of the public form came in. */
export const source = data(TicketSource, {
  web_portal: { code: 'web_portal', name: { en: 'Web portal', fr: 'Portail web', ar: 'بوابة الويب' } },
})
