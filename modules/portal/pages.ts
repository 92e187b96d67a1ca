import { customer, staff } from '@tessera/base'
import { page } from '@tessera/core'
import { contactPage, sendContact, sentPage } from './contact.ts'
import { file, newPage } from './filing.ts'
import { closeTicket, reopenTicket, sendReply, ticketPage } from './follow.ts'
import { homePage } from './home.ts'
import { ratePage, sendRating } from './rating.ts'
import { askSupport, supportPage } from './support.ts'

/** What a customer can open and send; reading never changes anything. */
export const pages = [
  page('GET /my', { may: customer, respond: (request, services) => homePage(services, request) }),
  page('GET /my/tickets/new', { may: customer, respond: (request, services) => newPage(services, request) }),
  page('POST /my/tickets/new', { may: customer, respond: (request, services) => file(services, request) }),
  page('GET /my/tickets/:id', { may: customer, respond: (request, services) => ticketPage(services, request) }),
  page('POST /my/tickets/:id/reply', { may: customer, uploads: true, respond: (request, services) => sendReply(services, request) }),
  page('POST /my/tickets/:id/close', { may: customer, respond: (request, services) => closeTicket(services, request) }),
  page('POST /my/tickets/:id/reopen', { may: customer, respond: (request, services) => reopenTicket(services, request) }),
  page('GET /my/tickets/:id/rate', { may: customer, respond: (request, services) => ratePage(services, request) }),
  page('POST /my/tickets/:id/rate', { may: customer, respond: (request, services) => sendRating(services, request) }),

  page('GET /contact', { may: 'anybody', respond: (request, services) => contactPage(services, request) }),
  page('POST /contact', { may: 'anybody', respond: (request, services) => sendContact(services, request) }),
  page('GET /contact/sent', { may: 'anybody', respond: (request, services) => sentPage(services, request) }),

  page('GET /support', { may: staff, respond: (request, services) => supportPage(services, request) }),
  page('POST /support', { may: staff, respond: (request, services) => askSupport(services, request) }),
]
