import { type Reply, type Request, redirect, type Services, TooMany, Unauthorized, UserError } from '@tessera/core'
import { ownPath, show } from './answer.ts'
import { textIn } from './body.ts'
import { originOf, private_, signInPage } from './entrance.ts'
import { readerOf } from './reader.ts'
import { sentenceOf } from './sentence.ts'
import { frameOf } from './shell.ts'

/** Whoever was right at the first step is in, or is asked for a code: on a page of its own, which lives for five minutes. */
export function letIn(signedIn: Awaited<ReturnType<Services['identity']['signIn']>>, next: string): Reply {
  if ('token' in signedIn) return redirect(next, { session: signedIn })
  const query = next === '/' ? '' : `?${new URLSearchParams({ next })}`
  return redirect(`/sign-in/code/${signedIn.halfOpen}${query}`)
}

export async function codePage(services: Services, request: Request<{ token: string }>, error?: UserError): Promise<Reply> {
  const { token } = request.params
  const next = ownPath(error ? textIn(request, 'next') : request.query.get('next'))
  if (!error) {
    try {
      await services.identity.holderOf(token, ['second-factor'])
    } catch (over) {
      if (over instanceof UserError) return signInPage(services, request, { email: '', error: isOver(), next })
      throw over
    }
  }
  const screen = {
    shell: frameOf(readerOf(services), request),
    action: `/sign-in/code/${token}`,
    ...(next !== '/' && { next }),
    ...(error && { error: sentenceOf(error, services.text) }),
  }
  const retry = error instanceof TooMany ? { 'retry-after': String(error.seconds) } : {}
  return show(services, request, 'code', screen, { status: error?.status ?? 200, headers: { ...private_, ...retry } })
}

export async function useCode(services: Services, request: Request<{ token: string }>): Promise<Reply> {
  const code = textIn(request, 'recovery') || textIn(request, 'code') || ''
  try {
    const session = await services.identity.finishSignIn(request.params.token, code, originOf(request))
    return redirect(ownPath(textIn(request, 'next')), { session })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const over = error.code === 'base.link_over' || error.code === 'base.sign_in_over'
    return over ? signInPage(services, request, { email: '', error: isOver() }) : codePage(services, request, error)
  }
}

/** Whatever became of it, he begins again. */
function isOver(): UserError {
  return new Unauthorized('web.sign_in_over', 'This sign-in took too long, or too many codes were wrong. Sign in again from the beginning.')
}
