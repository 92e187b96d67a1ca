import { demandConfirmed, type Reply, type Request, redirect, type Services } from '@tessera/core'
import { ownPath } from './answer.ts'
import { textIn } from './body.ts'

/** An administrator sees from the next page on what another user sees. */
export async function viewAs(services: Services, request: Request<{ user: string }>): Promise<Reply> {
  demandConfirmed(services.context)
  await services.viewAs.begin(request.params.user)
  return redirect('/')
}

/** Back to where he began, as himself. */
export async function stopViewing(services: Services, request: Request): Promise<Reply> {
  const { viewAs, app, context } = services
  const user = context.caller.id
  await viewAs.end()
  return redirect(ownPath(textIn(request, 'back'), `/${app.models.actor?.path}/${user}`))
}
