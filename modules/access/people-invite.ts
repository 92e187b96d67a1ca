/** The dialog that invites somebody. */
import { givableRoles, type Invitation, User } from '@tessera/base'
import { Forbidden, type Reply, type Request, type Services, UserError } from '@tessera/core'
import { textIn, textsIn } from './roles-form.ts'
import { sentence } from './roles-page.ts'
import { render } from './roles-render.ts'

const here = '/users/new'

export async function invitePage(request: Request, services: Services, error?: UserError): Promise<Reply> {
  const { app, context, config, screens, text } = services
  refuseInviting(services)
  const chosen = textsIn(request, 'roles')
  const language = textIn(request, 'language')
  const roles = await givableRoles(services)
  const content = render(
    'people-invite',
    {
      csrf: request.csrf,
      action: here,
      back: '/users',
      email: textIn(request, 'email') || (request.query.get('email') ?? ''),
      name: textIn(request, 'name'),
      roles: roles.map((role) => ({ ...role, chosen: chosen.includes(role.id) })),
      languages: [...app.texts.keys()].map((locale) => ({
        value: locale,
        label: new Intl.DisplayNames(context.locale, { type: 'language' }).of(locale) ?? locale,
        chosen: locale === language,
      })),
      isMailed: config.smtpUrl !== undefined,
      error: error && sentence(services, error),
    },
    services,
  )
  const reply = await screens.page(request, { title: text('access.people.invite'), content, at: '/users' })
  return error ? { ...reply, status: error.status } : reply
}

export async function inviteSomebody(request: Request, services: Services): Promise<Reply> {
  refuseInviting(services)
  const [email, name, language] = [textIn(request, 'email'), textIn(request, 'name'), textIn(request, 'language') || null]
  try {
    const draft = { email, name: name || (email.split('@', 1)[0] ?? ''), language, roles: textsIn(request, 'roles') }
    const invitation = await services.invitations.invite(draft)
    if (!invitation.isMailed) return shownPage(request, services, invitation)
    const toast = { text: services.text('access.people.invited', { email: invitation.email }), tone: 'success' } as const
    return services.screens.done(request, `/users/${invitation.user}`, toast)
  } catch (error) {
    // What only somebody who confirms that it is he may do is asked for by a page of its own.
    if (!(error instanceof UserError) || error.code === 'access.confirm') throw error
    return invitePage(request, services, error)
  }
}

/** The mail and its link, once: they are kept nowhere but in the outbox, until the other has come in. */
export async function shownPage(
  request: Request,
  services: Services,
  shown: Pick<Invitation, 'user' | 'link'> & Partial<Invitation>,
): Promise<Reply> {
  const { config, screens, text } = services
  const content = render(
    'people-link',
    { ...shown, url: shown.link, person: `/users/${shown.user}/sign-in`, isMailSetUp: config.smtpUrl !== undefined },
    services,
  )
  const reply = await screens.page(request, { title: text('access.people.link'), content, at: '/users' })
  return { ...reply, headers: { ...reply.headers, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } }
}

function refuseInviting({ app, context }: Services): void {
  if (context.caller.ability.possible('create', app.models.of(User))) return
  throw new Forbidden('access.no_inviting', 'Your role does not allow you to invite people. Ask an administrator.')
}
