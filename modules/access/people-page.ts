/** How a user signs in: where he is signed in now, his second factor, his invitation, his keys. */
import { ApiKey, activate, deactivate, demandPowerOver, invite, mayViewAs, resetSecondFactor, User } from '@tessera/base'
import { Forbidden, type Reply, type Request, type Services } from '@tessera/core'
import { render } from './roles-render.ts'

export type OfUser = Request<{ id: string }>

export async function personPage(request: OfUser, services: Services): Promise<Reply> {
  const { access, app, context, records, screens, sessions, text } = services
  const { id } = request.params
  const user = await records.get(User, id, ['name', 'email', 'active', 'lastSignInAt', 'invitedAt', 'secondFactor', 'roles'])
  await refuseStrangers(services, id)
  const { ability } = context.caller
  const isSelf = context.caller.id === id
  const model = app.models.of(User)
  const roles = await access.policy()
  const their = (await access.profileOf(id))?.caller.ability.roles ?? new Set<string>()
  const isAdministrator = [...their].some((name) => roles.roles.get(name)?.everything)
  const when = (at: Date | null) => (at ? shownTime(services, at) : undefined)
  const keys = await records.query(ApiKey, {
    fields: ['name', 'prefix', 'scopes', 'lastUsedAt', 'expiresAt', 'perMinute'],
    where: { user: id },
    limit: 100,
  })
  const state = user.active ? (user.lastSignInAt ? 'active' : user.invitedAt ? 'invited' : 'never') : 'inactive'
  const may = ({ name }: { readonly name: string }) => ability.possible(name, model)
  const content = render(
    'people-page',
    {
      csrf: request.csrf,
      here: `/users/${id}/sign-in`,
      record: `/users/${id}`,
      explain: `/access/explain?${new URLSearchParams({ user: user.email })}`,
      user,
      isSelf,
      state,
      stateLabel: text(`access.people.state_${state}`),
      lastSignInAt: when(user.lastSignInAt),
      invitedAt: when(user.invitedAt),
      canInvite: user.active && !user.lastSignInAt && may(invite),
      canReset: user.secondFactor && may(resetSecondFactor),
      canDeactivate: user.active && !isSelf && may(deactivate),
      canActivate: !user.active && may(activate),
      canViewAs: user.active && !isSelf && !isAdministrator && ability.may(mayViewAs),
      sessions: (await sessions.of(id)).map((each) => ({ ...each, since: when(each.since), seenAt: when(each.seenAt) })),
      keys: keys.rows.map((key) => ({
        ...key,
        scopes: key.scopes?.join(', '),
        lastUsedAt: when(key.lastUsedAt),
        expiresAt: when(key.expiresAt),
        isOver: key.expiresAt !== null && key.expiresAt <= context.now,
      })),
      canRevoke: ability.possible('delete', app.models.of(ApiKey)),
    },
    services,
  )
  const reply = await screens.page(request, { title: text('access.people.signs_in', { name: user.name }), content, at: '/users' })
  return { ...reply, headers: { ...reply.headers, 'cache-control': 'no-store' } }
}

/** Nobody looks into the sign-in of somebody who may do more than he, or of anybody while he only looks. */
export async function refuseStrangers(services: Services, user: string): Promise<void> {
  const { credential } = services.context
  if (credential?.kind === 'session' && credential.viewedBy)
    throw new Forbidden('access.looking_here', 'How somebody signs in is not shown to whoever looks as another user.')
  await demandPowerOver(services, user)
}

function shownTime({ context }: Services, at: Date): string {
  return at.toLocaleString(context.locale, { timeZone: context.zone, dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' })
}
