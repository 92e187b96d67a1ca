import { networkOf } from '@tessera/base'
import { leave, type Page, page, type Reply, type Request, redirect, type Services, TooMany, UserError } from '@tessera/core'
import { ownPath } from '@tessera/web'
import type { Attempt } from './attempts.ts'
import { noteRefusal } from './audited.ts'
import { confirmArrived, confirmRefused } from './confirmation.ts'
import { connectArrived, connectRefused } from './connections.ts'
import { keepingWay, wayIn } from './cookie.ts'
import type { IdentityProvider } from './identity-provider.model.ts'

export const pages: readonly Page[] = [
  page('GET /sign-in/with/:provider', { may: 'anybody', respond: depart }),
  page('GET /sign-in/with/:provider/return', { may: 'anybody', respond: arrive }),
]

/** To the provider. Who is signed in already goes where he wanted. */
async function depart(request: Request<{ provider: string }>, services: Services): Promise<Reply> {
  const asked = ownPath(request.query.get('next'))
  const next = asked.length > longestNext ? '/' : asked
  if (services.context.caller.id !== null) return redirect(next)
  try {
    await refuseEager(request, services)
    const provider = await services.oidc.provider(request.params.provider)
    const { origin, address, browser } = await services.oidc.depart(provider, { next }, wayIn(request, services))
    return keepingWay(leave(origin, address), browser, services)
  } catch (error) {
    if (error instanceof UserError) return services.screens.signIn(request, error, next)
    throw error
  }
}

/** Back from the provider. */
async function arrive(request: Request<{ provider: string }>, services: Services): Promise<Reply> {
  try {
    const provider = await services.oidc.provider(request.params.provider)
    const attempt = await services.oidc.return(provider, request.query.get('state'), wayIn(request, services))
    return keepingWay(await letIn(request, provider, attempt, services), null, services)
  } catch (error) {
    if (error instanceof UserError) return services.screens.signIn(request, error)
    throw error
  }
}

async function letIn(request: Request, provider: IdentityProvider, attempt: Attempt, services: Services): Promise<Reply> {
  const from = { ip: request.ip, agent: request.headers['user-agent'] }
  try {
    const arrival = await services.oidc.arrive(provider, request.query, attempt)
    if (attempt.connecting !== null) return await connectArrived(request, arrival, services)
    if (attempt.confirming !== null) return await confirmArrived(request, arrival, attempt, services)
    const session = await services.oidc.signIn(arrival, from)
    // One browser, one session: what was open in it before is over.
    if (request.session !== undefined) await services.identity.signOut(request.session)
    return redirect(attempt.next, { session, headers: { 'cache-control': 'no-store' } })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    await noteRefusal(services, provider, error, from)
    if (services.context.caller.id !== null) {
      if (attempt.connecting !== null) return connectRefused(request, error, services)
      if (attempt.confirming !== null) return confirmRefused(request, error, services)
    }
    return services.screens.signIn(request, error, attempt.next)
  }
}

async function refuseEager({ ip }: Request, { limits }: Services): Promise<void> {
  const { count, seconds } = await limits.count(`sign-in with a provider from ${networkOf(ip)}`, 60)
  if (count <= mostAMinute) return
  throw new TooMany('oidc.too_many', 'There were too many attempts to sign in from your network. Try again in {seconds} seconds.', seconds)
}

/** A whole office may be behind one address, and nothing is guessed here. */
const mostAMinute = 60
const longestNext = 2_000
