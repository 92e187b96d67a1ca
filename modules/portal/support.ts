/** Staff ask for help with the desk itself by a ticket like any other. */
import { staff, User } from '@tessera/base'
import { menu, type Reply, type Request, type Services } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Ticket, type as types } from '@tessera/ticket'
import { templates } from '@tessera/web'
import { summaryOf } from './filing.ts'
import { type Typed, typedIn } from './sent.ts'
import { source } from './source.ts'
import { fieldLabel, type Wrong, wrongFields, wrongIn } from './wrong.ts'

const render = templates(new URL('templates/', import.meta.url))

/** Below the places where one works. */
const help = menu('Help', { icon: 'help-circle', may: staff })
export const supportMenus = [help, menu('Contact support', { in: help, icon: 'lifebuoy', opens: '/support', may: staff })]

export async function supportPage(services: Services, request: Request, typed: Typed = new Map(), wrong?: Wrong): Promise<Reply> {
  const control = (name: string, kind: 'text' | 'textarea') => ({
    name,
    kind,
    label: fieldLabel(name, services),
    value: typed.get(name) ?? '',
    required: true,
    error: wrong?.fields.get(name),
  })
  const controls = [control('subject', 'text'), control('description', 'textarea')]
  const model = { controls, csrf: request.csrf, ...(wrong && { wrong: summaryOf(wrong, controls) }) }
  const title = services.text('portal.support')
  const reply = await services.screens.page(request, { title, content: render('support', model, services), at: '/support' })
  return { ...reply, status: wrong ? 422 : 200 }
}

/** Whoever works here may ask for help, also who files no tickets for others. */
export async function askSupport(services: Services, request: Request): Promise<Reply> {
  const { asSystem, context, screens, text } = services
  const typed = typedIn(request)
  const given = (name: string) => (typed.get(name) ?? '').trim()
  const missing = ['subject', 'description'].filter((name) => given(name) === '')
  const wrong = wrongFields(new Map(missing.map((name) => [name, text('portal.missing', { label: fieldLabel(name, services) })])), services)
  if (wrong) return supportPage(services, request, typed, wrong)
  const system = asSystem('Whoever works here may ask for help with the desk, as the partner that he is.')
  try {
    const { id, number } = await system.transaction(async () => {
      const { name, email, partner } = await system.get(User, String(context.caller.id), ['name', 'email', 'partner'])
      const whose = partner?.id ?? (await own(services, name, email))
      const filed = {
        subject: given('subject'),
        description: given('description'),
        type: types.request,
        partner: whose,
        source: source.web_portal,
      }
      return system.create(Ticket, filed, ['number'])
    })
    return screens.done(request, `/tickets/${id}`, { tone: 'success', text: text('portal.filed', { number }) })
  } catch (error) {
    return supportPage(services, request, typed, wrongIn(error, services))
  }
}

/** A colleague is a partner from his first request on. */
async function own({ asSystem, context }: Services, name: string, email: string): Promise<string> {
  const system = asSystem('A colleague who asks for help becomes a partner.')
  const { id } = await system.create(Partner, { name, email })
  await system.update(User, String(context.caller.id), { partner: id })
  return id
}
