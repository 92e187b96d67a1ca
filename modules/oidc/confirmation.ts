/** Whoever is signed in shows with his connected account that it is he: for those who have no password here. */
import { leave, type Page, page, type Reply, type Request, type Services, Unauthorized, type UserError } from '@tessera/core'
import { ownPath } from '@tessera/web'
import type { Attempt } from './attempts.ts'
import { selfIn } from './connections.ts'
import { keepingWay, wayIn } from './cookie.ts'
import type { Arrival } from './oidc.service.ts'
import { UserIdentity } from './user-identity.model.ts'

export const confirmationPages: readonly Page[] = [page('GET /confirm/with/:provider', { may: 'signed-in', respond: depart })]

/** A link for each account that he has connected. */
export async function waysToConfirm(
  services: Services,
  next: string,
): Promise<readonly { readonly label: string; readonly href: string }[]> {
  const { credential, caller } = services.context
  if (caller.id === null || credential?.kind !== 'session' || credential.viewedBy) return []
  const { rows } = await known(services).query(UserIdentity, {
    fields: ['provider.name', 'provider.label'],
    where: { user: caller.id, provider: { active: true } },
    order: { createdAt: 'asc' },
    limit: 20,
  })
  return rows.map(({ provider: { name, label } }) => ({
    label: services.text('oidc.confirm_with', { provider: label }),
    href: `/confirm/with/${name}?${new URLSearchParams({ next })}`,
  }))
}

async function depart(request: Request<{ provider: string }>, services: Services): Promise<Reply> {
  const confirming = selfIn(services)
  const next = ownPath(request.query.get('next')).slice(0, longestNext)
  const provider = await services.oidc.provider(request.params.provider)
  const { origin, address, browser } = await services.oidc.depart(provider, { next, confirming }, wayIn(request, services))
  return keepingWay(leave(origin, address), browser, services)
}

/** The provider has asked him anew, and names the account that is connected with whoever began. */
export async function confirmArrived(request: Request, arrival: Arrival, attempt: Attempt, services: Services): Promise<Reply> {
  const user = selfIn(services)
  const { person, provider, seenAt } = arrival
  const about = { provider: provider.label }
  const its = await known(services).find(UserIdentity, { provider: provider.id, subject: person.subject })
  if (user !== attempt.confirming || its?.user.id !== user)
    throw new Unauthorized('oidc.confirmed_other', 'This account of {provider} is not the one that is connected with yours.', about)
  if (seenAt === undefined || seenAt.getTime() < attempt.begunAt.getTime() - skew)
    throw new Unauthorized('oidc.not_anew', '{provider} did not ask you to sign in again, so that nothing is confirmed.', about)
  await services.sessions.confirmed()
  return services.screens.done(request, attempt.next, { tone: 'success', text: services.text('oidc.confirmed', about) })
}

/** Asked again, with the reason why nothing is confirmed. */
export function confirmRefused(request: Request, error: UserError, services: Services): Promise<Reply> {
  return services.screens.confirm(request, error)
}

/** The clocks of two machines differ. */
const skew = 60_000
const longestNext = 2_000

function known({ asSystem }: Services) {
  return asSystem('What a provider calls somebody is his own, and kept by the system.')
}
