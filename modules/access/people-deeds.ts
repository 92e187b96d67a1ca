/** What an administrator does about how a user signs in. */
import { ApiKey, Session, User } from '@tessera/base'
import { demandConfirmed, NotFound, type Reply, type Request, type Services } from '@tessera/core'
import { shownPage } from './people-invite.ts'
import { type OfUser, refuseStrangers } from './people-page.ts'

/** A new link, once, for the administrator to bring to the other himself; earlier ones are over. */
export async function showLink(request: OfUser, services: Services): Promise<Reply> {
  demandConfirmed(services.context)
  const { id } = request.params
  const { email } = await services.records.get(User, id, ['email'])
  await refuseStrangers(services, id)
  const link = await services.invitations.showLink(id)
  return shownPage(request, services, { user: id, email, link })
}

export async function endSession(request: Request<{ id: string; session: string }>, services: Services): Promise<Reply> {
  const { id, session } = request.params
  await demandUser(services, id)
  const system = services.asSystem('An administrator ends where somebody is signed in.')
  const found = isId(session) ? await system.find(Session, { id: session, user: id }) : null
  if (!found) throw new NotFound('base.no_session', 'This session has ended already.')
  await system.transaction(async () => {
    await system.remove(Session, found.id)
    await services.audit.note('session.ended', { model: 'user', record: id, details: { session: found.id } })
  })
  return services.screens.done(request, here(id), { text: services.text('access.people.session_ended'), tone: 'success' })
}

export async function endAllSessions(request: OfUser, services: Services): Promise<Reply> {
  const { id } = request.params
  await demandUser(services, id)
  const { credential } = services.context
  // His own, in which he says so, is no stranger's.
  const own = credential?.kind === 'session' && services.context.caller.id === id ? credential.id : undefined
  const system = services.asSystem('An administrator ends where somebody is signed in.')
  const ended = await system.transaction(async () => {
    const count = await services.sessions.endAll(id, own)
    if (count > 0) await services.audit.note('session.ended', { model: 'user', record: id, details: { sessions: count } })
    return count
  })
  return services.screens.done(request, here(id), {
    text: services.text('access.people.sessions_ended', { count: ended }),
    tone: 'success',
  })
}

export async function revokeKey(request: Request<{ id: string; key: string }>, services: Services): Promise<Reply> {
  const { id, key } = request.params
  const found = isId(key) ? await services.records.find(ApiKey, { id: key, user: id }) : null
  if (!found) throw new NotFound('access.no_key', 'This key is revoked already.')
  await services.identity.revokeKey(found.id)
  return services.screens.done(request, here(id), {
    text: services.text('access.people.key_revoked', { name: found.name }),
    tone: 'success',
  })
}

/** One whom the caller may see, and who may do no more than he. */
async function demandUser(services: Services, id: string): Promise<void> {
  await services.records.get(User, id, ['name'])
  await refuseStrangers(services, id)
}

const here = (id: string) => `/users/${id}/sign-in`
const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
