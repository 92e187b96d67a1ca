import { type FieldError, html, type Reply, type Request, redirect, type Services, TooMany, UserError } from '@tessera/core'
import { organisation } from '../organisation.ts'
import type { FirstRunScreen, SignInScreen } from '../screens.ts'
import { ownPath, show, wantsFragment } from './answer.ts'
import { textIn } from './body.ts'
import { cookies } from './cookies.ts'
import { readerOf } from './reader.ts'
import { letIn } from './second-step.ts'
import { sentenceOf } from './sentence.ts'
import { frameOf } from './shell.ts'

/** What became of an attempt to sign in: a refusal, or the address to which a link is on its way. */
interface Answered {
  readonly email: string
  readonly error?: UserError
  /** Where one wanted to go, if no field of the form says it. */
  readonly next?: string
}

/** The page on which one signs in. `next` is where one wanted to go. */
export async function signInPage(services: Services, request: Request, answered?: Answered): Promise<Reply> {
  const next = ownPath(answered ? (answered.next ?? textIn(request, 'next')) : request.query.get('next'))
  if (services.context.caller.id !== null) return redirect(next)
  // A script that asked for a part of a page, and whose session has ended, must load the whole of this one.
  if (wantsFragment(request))
    return html('', {
      headers: { 'hx-redirect': `/sign-in?${new URLSearchParams({ next, ...(request.query.has('ended') && { ended: '1' }) })}` },
    })
  await services.settings.remembered(organisation)
  const screen: SignInScreen = {
    shell: frameOf(readerOf(services), request),
    action: '/sign-in',
    ...(next !== '/' && { next }),
    ...(request.query.has('ended') && { ended: true }),
    mailLink: '/sign-in/link',
    others: (await services.client.waysIn(next)).map((way) => ({ ...way, method: 'get' })),
    ...answerOf(services, answered),
  }
  const error = answered?.error
  const retry = error instanceof TooMany ? { 'retry-after': String(error.seconds) } : {}
  return show(services, request, 'sign-in', screen, { status: error?.status ?? 200, headers: { ...private_, ...retry } })
}

export async function signIn(services: Services, request: Request): Promise<Reply> {
  const email = textIn(request, 'email') ?? ''
  try {
    const signedIn = await services.identity.signIn(email, textIn(request, 'password') ?? '', originOf(request))
    return letIn(signedIn, ownPath(textIn(request, 'next')))
  } catch (error) {
    if (error instanceof UserError) return signInPage(services, request, { error, email })
    throw error
  }
}

function answerOf({ text }: Services, answered: Answered | undefined): Pick<SignInScreen, 'email' | 'error' | 'sent'> {
  if (!answered) return {}
  const { email, error } = answered
  return error ? { email, error: sentenceOf(error, text) } : { email, sent: text('web.link_sent', { email }) }
}

/** Mails a link that signs in. The answer is the same whether or not there is such an account. */
export async function mailLink(services: Services, request: Request): Promise<Reply> {
  const email = (textIn(request, 'email') ?? '').trim()
  try {
    if (!looksLikeEmail.test(email))
      throw new UserError('web.email_wrong', 'This is no email address. Check it, for example for a missing part after the @.')
    await services.identity.mailLink(email, originOf(request))
    return signInPage(services, request, { email })
  } catch (error) {
    if (error instanceof UserError) return signInPage(services, request, { error, email })
    throw error
  }
}

export async function signOut({ identity }: Services, { session }: Request): Promise<Reply> {
  if (session !== undefined) await identity.signOut(session)
  return redirect('/sign-in', { session: null, cookies: { [cookies.recent]: null } })
}

/** A one-time link is used by a button, never by opening it: programs that look through mail open every link. */
export async function linkPage(services: Services, request: Request<{ token: string }>): Promise<Reply> {
  const { name } = await services.identity.holderOf(request.params.token)
  const screen = { shell: frameOf(readerOf(services), request), name, action: `/sign-in/${request.params.token}` }
  return show(services, request, 'link', screen, { headers: private_ })
}

export async function useLink({ identity }: Services, request: Request<{ token: string }>): Promise<Reply> {
  return letIn(await identity.useLink(request.params.token, originOf(request)), '/')
}

/** The administrator's first visit: who he is, and the password that he chooses. */
export async function firstRunPage(
  services: Services,
  request: Request<{ token: string }>,
  wrong: FirstRunScreen['errors'] = {},
): Promise<Reply> {
  const { token } = request.params
  // Whoever holds the link says who he is; a link that is over is refused.
  await services.identity.holderOf(token)
  const isWrong = Object.keys(wrong).length > 0
  const screen: FirstRunScreen = {
    shell: frameOf(readerOf(services), request),
    action: `/first-run/${token}`,
    token,
    name: textIn(request, 'name') ?? '',
    email: textIn(request, 'email') ?? '',
    minLength: shortestPassword,
    ...(isWrong && { errors: wrong }),
  }
  return show(services, request, 'first-run', screen, { status: isWrong ? 422 : 200, headers: private_ })
}

export async function finishFirstRun(services: Services, request: Request<{ token: string }>): Promise<Reply> {
  const { text, identity } = services
  const typed = (name: string) => textIn(request, name) ?? ''
  const [name, email, password] = [typed('name').trim(), typed('email').trim(), typed('password')]
  const wrong = {
    ...(name === '' && { name: text('web.name_missing') }),
    ...(email === '' && { email: text('web.email_missing') }),
    ...(password !== typed('repeat') && { repeat: text('web.passwords_differ') }),
  }
  if (Object.keys(wrong).length > 0) return firstRunPage(services, request, wrong)
  try {
    return redirect('/', { session: await identity.claim(request.params.token, { name, email, password }, originOf(request)) })
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'base.link_over') throw error
    if (error.code.startsWith('base.password')) return firstRunPage(services, request, { password: sentenceOf(error, text) })
    return firstRunPage(services, request, wrongFields(error, text))
  }
}

function wrongFields(error: UserError, text: Services['text']): FirstRunScreen['errors'] {
  const said = (field: string) => error.errors.find((each: FieldError) => each.field === field)
  const name = said('name')
  return name ? { name: name.text } : { email: said('email') ? text('web.email_wrong') : sentenceOf(error, text) }
}

const looksLikeEmail = /^[^\s@]+@[^\s@]+$/
export const originOf = ({ ip, headers }: Request) => ({ ip, agent: headers['user-agent'] })
/** Who may sign in, and with what, stays in no cache and in no other site's log. */
export const private_ = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }
const shortestPassword = 12
