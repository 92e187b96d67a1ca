import type { Reply, Request, Services, Where } from '@tessera/core'
import { asked, Ticket } from '@tessera/ticket'
import { datesFor } from './dates.ts'
import type { Offer } from './portal.service.ts'
import { show } from './show.ts'
import { isDone, stateOf } from './state.ts'

const asking: Where<Ticket> = { status: { code: 'pending' } }
const open: Where<Ticket> = { status: { category: { $ne: 'closed' }, code: { $ne: 'pending' } } }
const done: Where<Ticket> = { status: { category: 'closed' } }
/** Of what is done the latest are shown, unless all are asked for. */
const mostDone = 5
const most = 200

/** `/my`: what waits for the customer's answer, what is being worked on, what is done. */
export async function homePage(services: Services, request: Request): Promise<Reply> {
  const { portal, context, text } = services
  const all = request.query.has('all')
  const [offers, waiting, running, over, count] = [
    await portal.offers(),
    await cardsOf(services, asking, most),
    await cardsOf(services, open, most),
    await cardsOf(services, done, all ? most : mostDone),
    await services.records.count(Ticket, { where: { $and: [asked, done] } }),
  ]
  const groups = [
    { name: 'asking', tickets: waiting },
    { name: 'open', tickets: running },
    { name: 'done', tickets: over, ...(count > over.length && !all && { more: count }) },
  ].filter(({ tickets }) => tickets.length > 0)
  const model = {
    name: context.caller.name.split(' ', 1)[0],
    offers: cardsFor(services, offers),
    groups,
  }
  return show(services, request, 'home', model, { title: text('portal.home'), at: 'home' })
}

/** A card for each type that can be filed; `subject` is what was typed already. */
export function cardsFor(services: Services, offers: readonly Offer[], subject = '') {
  return offers.map(({ name, form: { type, icon } }) => {
    const href = `/my/tickets/new?${new URLSearchParams({ type, ...(subject !== '' && { subject }) })}`
    return { name, drawing: icon, href, about: aboutOf(services, type) }
  })
}

/** The sentence on the card of a type, if its module has one. */
export function aboutOf({ app, text }: Services, type: string): string | undefined {
  const code = `portal.form.${type}`
  return app.texts.get('en')?.has(code) ? text(code) : undefined
}

async function cardsOf({ records, context, text }: Services, where: Where<Ticket>, limit: number) {
  const dates = datesFor(context.locale, context.zone)
  // Also somebody of the staff who may read more sees only what he asked himself.
  const { rows } = await records.query(Ticket, {
    fields: [
      'number',
      'subject',
      'createdAt',
      'closedAt',
      'rating',
      'mergedAt',
      'type.name',
      'status.code',
      'status.category',
      'status.outcome',
      'partner.name',
    ],
    where: { $and: [asked, where] },
    order: { createdAt: 'desc' },
    limit,
  })
  return rows.map(({ id, number, subject, createdAt, closedAt, rating, mergedAt, type, status, partner }) => {
    const state = stateOf(status, mergedAt)
    return {
      id,
      number,
      subject,
      state,
      type: type.name,
      // Whose it is, where it is a colleague's.
      ...(partner.id !== context.caller.me.partnerId && { asker: partner.name }),
      when: closedAt ? text('portal.closed_on', { day: dates.day(closedAt) }) : text('portal.filed_on', { day: dates.day(createdAt) }),
      isAsked: state === 'asking',
      // Only what is over can be rated, and once is enough.
      stars: isDone(state) && state !== 'joined' && rating === null ? stars : [],
    }
  })
}

export const stars = [1, 2, 3, 4, 5]
