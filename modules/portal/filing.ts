import type { Draft, Reply, Request, Services } from '@tessera/core'
import { Ticket } from '@tessera/ticket'
import { controlsOf, draftOf, missingIn } from './controls.ts'
import { aboutOf, cardsFor } from './home.ts'
import type { Offer } from './portal.service.ts'
import { type Typed, typedIn, typedInAddress } from './sent.ts'
import { show } from './show.ts'
import { source } from './source.ts'
import { type Wrong, wrongFields, wrongIn } from './wrong.ts'

/** `/my/tickets/new`: first the type, then what its form asks for. */
export async function newPage(services: Services, request: Request): Promise<Reply> {
  const offers = await services.portal.offers()
  const typed = typedInAddress(request)
  const offer = offerOf(offers, typed)
  return offer ? formPage(services, request, offer, typed, offers.length > 1) : choosePage(services, request, offers, typed)
}

/** Files the ticket with the customer's own rights, for the partner that he is. */
export async function file(services: Services, request: Request): Promise<Reply> {
  const offers = await services.portal.offers()
  const typed = typedIn(request)
  const offer = offerOf(offers, typed)
  if (!offer) return choosePage(services, request, offers, typed)
  const { records, context, screens, text } = services
  const again = (wrong: Wrong) => formPage(services, request, offer, typed, offers.length > 1, wrong)
  const missing = wrongFields(missingIn(services, offer.form, typed), services)
  if (missing) return again(missing)
  const values = {
    ...draftOf(services, offer.form, typed),
    type: offer.id,
    partner: context.caller.me.partnerId,
    source: source.web_portal,
  }
  try {
    // The form's fields are known at run time only; the write checks each.
    const { id, number } = await records.create(Ticket, values as Draft<Ticket>, ['number'])
    return screens.done(request, `/my/tickets/${id}`, { tone: 'success', text: text('portal.filed', { number }) })
  } catch (error) {
    return again(wrongIn(error, services))
  }
}

function offerOf(offers: readonly Offer[], typed: Typed): Offer | undefined {
  return offers.length === 1 ? offers[0] : offers.find(({ form }) => form.type === typed.get('type'))
}

function choosePage(services: Services, request: Request, offers: readonly Offer[], typed: Typed): Promise<Reply> {
  const subject = typed.get('subject') ?? ''
  const model = { subject, offers: cardsFor(services, offers, subject) }
  return show(services, request, 'choose', model, { title: services.text('portal.new'), at: 'new', back: '/my' })
}

async function formPage(
  services: Services,
  request: Request,
  { name, form }: Offer,
  typed: Typed,
  isChosen: boolean,
  wrong?: Wrong,
): Promise<Reply> {
  const controls = await controlsOf(services, form, typed, wrong)
  const model = {
    type: form.type,
    name,
    about: aboutOf(services, form.type),
    controls,
    isChosen,
    ...(wrong && { wrong: summaryOf(wrong, controls) }),
  }
  return show(services, request, 'file', model, { title: name, at: 'new', back: '/my', status: wrong ? 422 : 200 })
}

/** What stands above a form that was refused, leading to its fields. */
export function summaryOf({ title, fields }: Wrong, controls: readonly { readonly name: string }[]) {
  const known = new Set(controls.map(({ name }) => name))
  return { title, items: [...fields].map(([field, text]) => ({ text, ...(known.has(field) && { field }) })) }
}
