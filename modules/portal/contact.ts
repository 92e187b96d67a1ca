/** `/contact`: anybody may file a ticket, without an account and without learning anything about those who have one. */
import { customer, networkOf } from '@tessera/base'
import { type Reply, type Request, redirect, type Services, TooMany } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { z } from 'zod'
import type { Control } from './controls.ts'
import { summaryOf } from './filing.ts'
import type { Offer } from './portal.service.ts'
import { type Typed, typedIn, typedInAddress } from './sent.ts'
import { show } from './show.ts'
import { source } from './source.ts'
import { fieldLabel, type Wrong, wrongFields, wrongIn } from './wrong.ts'

/** In an hour, from one network. */
const mostFiled = 10
/** Nobody reads and fills in the form faster. */
const leastMs = 3_000

export async function contactPage(services: Services, request: Request): Promise<Reply> {
  if (services.context.caller.ability.has(customer) && services.context.caller.me.partnerId) return redirect('/my/tickets/new')
  return formPage(services, request, typedInAddress(request))
}

export async function sendContact(services: Services, request: Request): Promise<Reply> {
  const typed = typedIn(request)
  // Only programs fill in what people do not see. They are thanked, so that they learn nothing.
  if (typed.get('website')) return redirect('/contact/sent')
  const again = (wrong: Wrong) => formPage(services, request, typed, wrong)
  const offers = await simpleOffers(services)
  const said = saidIn(services, typed, offers)
  if ('wrong' in said) return again(said.wrong)
  const { text, context } = services
  // The time comes back from the sender and could be made up: it holds off simple programs, the count below holds off the others.
  if (context.now.getTime() - Number(typed.get('at')) < leastMs) return again({ title: text('portal.too_fast'), fields: new Map() })
  try {
    await refuseEager(services, request)
    const { number } = await file(services, said.contact)
    return redirect(`/contact/sent?${new URLSearchParams({ number })}`)
  } catch (error) {
    const reply = await again(wrongIn(error, services))
    return error instanceof TooMany ? { ...reply, status: 429, headers: { ...reply.headers, 'retry-after': String(error.seconds) } } : reply
  }
}

/** What one is told in the end: the number, whoever one said one was. */
export function sentPage(services: Services, request: Request): Promise<Reply> {
  const number = request.query.get('number') ?? ''
  return show(
    services,
    request,
    'sent',
    { number: isNumber.test(number) ? number : undefined },
    { title: services.text('portal.contact_sent') },
  )
}
const isNumber = /^[\w/-]{1,40}$/

interface Contact {
  readonly name: string
  readonly email: string
  readonly phone: string
  readonly type: string
  readonly subject: string
  readonly description: string
}

const rules: Readonly<Record<Exclude<keyof Contact, 'type'>, z.ZodType>> = {
  name: z.string().min(1).max(200),
  email: z.email(),
  phone: z.string().max(40),
  subject: z.string().min(3).max(255),
  description: z.string().min(1).max(20_000),
}

function saidIn(services: Services, typed: Typed, offers: readonly Offer[]): { readonly contact: Contact } | { readonly wrong: Wrong } {
  const given = (name: string) => (typed.get(name) ?? '').trim()
  const offer = offers.find(({ form }) => form.type === given('type'))
  const contact = {
    name: given('name'),
    email: given('email'),
    phone: given('phone'),
    type: offer?.id ?? '',
    subject: given('subject').replace(/\s+/g, ' '),
    description: given('description'),
  }
  const wrong = new Map<string, string>()
  for (const [name, rule] of Object.entries(rules)) {
    if (!rule.safeParse(given(name)).success) wrong.set(name, services.text(`portal.wrong_${name}`))
  }
  if (!offer) wrong.set('type', services.text('portal.wrong_type'))
  const found = wrongFields(wrong, services)
  return found ? { wrong: found } : { contact }
}

/** Counted before anything is looked up, so that the form tells nobody's address by its time either. */
async function refuseEager({ limits }: Services, { ip }: Request): Promise<void> {
  const { count, seconds } = await limits.count(`contact from ${networkOf(ip)}`, 3_600)
  if (count <= mostFiled) return
  const minutes = Math.ceil(seconds / 60)
  throw new TooMany(
    'portal.too_many',
    'Your network has sent {most} requests within an hour. Try again in {minutes} minutes; what you wrote stays here.',
    seconds,
    { most: mostFiled, minutes },
  )
}

/**
 * The ticket goes to the partner who has the address, or to a new one. Of the partner who is found nothing is changed and nothing
 * told: confirmation and answers go to the address that is on file, whoever filled the form in; what he says of himself is a note.
 * The number too of who is new: nothing proves that it is his, and a number finds its partner elsewhere.
 */
async function file(services: Services, { name, email, phone, ...about }: Contact): Promise<Ticket> {
  const { asSystem, tickets, text, app, context } = services
  const system = asSystem('Whoever has no account files a ticket by the public form.')
  return system.transaction(async () => {
    const known = await system.find(Partner, { email: { $in: [email, email.toLowerCase()] }, active: true })
    const language = app.texts.has(context.locale) ? context.locale : null
    const partner = known ?? (await system.create(Partner, { name, email: email.toLowerCase(), language }))
    const ticket = await system.create(Ticket, { ...about, partner: partner.id, source: source.web_portal })
    await tickets.note(ticket, text('portal.unverified', { name, email, phone: phone || '–' }))
    return ticket
  })
}

/** Types of which the public form asks enough: the others have fields that cannot be left out. */
async function simpleOffers({ portal }: Services): Promise<readonly Offer[]> {
  const offers = await portal.offers()
  return offers.filter(({ form }) =>
    form.fields.every(({ field, required }) => !required || field === 'subject' || field === 'description'),
  )
}

async function formPage(services: Services, request: Request, typed: Typed, wrong?: Wrong): Promise<Reply> {
  const { text, context } = services
  const offers = await simpleOffers(services)
  const control = (name: string, kind: Control['kind'], more: Partial<Control> = {}): Control => ({
    name,
    kind,
    label: fieldLabel(name, services),
    value: typed.get(name) ?? '',
    required: true,
    error: wrong?.fields.get(name),
    ...more,
  })
  const controls = [
    control('name', 'text', { label: text('portal.your_name'), autocomplete: 'name' }),
    control('email', 'email', { label: text('portal.your_email'), autocomplete: 'email' }),
    control('phone', 'tel', { label: text('portal.your_phone'), autocomplete: 'tel', required: false }),
    control('type', 'select', { options: offers.map(({ name, form }) => ({ value: form.type, label: name })) }),
    control('subject', 'text'),
    control('description', 'textarea'),
  ]
  const at = typed.get('at') ?? String(context.now.getTime())
  const model = { controls, at, ...(wrong && { wrong: summaryOf(wrong, controls) }) }
  return show(services, request, 'contact', model, { title: text('portal.contact'), status: wrong ? 422 : 200 })
}
