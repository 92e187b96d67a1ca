import { staff } from '@tessera/base'
import { isConfirmed, type Reply, type Request, type Services, UserError } from '@tessera/core'
import type { HiddenValue, ProofScreen } from '../screens.ts'
import { done, ownPath, show } from './answer.ts'
import { textIn, typedIn } from './body.ts'
import { private_ } from './entrance.ts'
import { readerOf } from './reader.ts'
import { sentenceOf } from './sentence.ts'
import { frameOf, shellOf } from './shell.ts'

/** What somebody sent, or wanted to see, before he was asked to show that it is he. It waits in the form that asks him. */
interface Held {
  readonly to: string
  readonly method: 'GET' | 'POST'
  readonly fields: readonly HiddenValue[]
}

/** Instead of the refusal `access.confirm`: asks who he is, and keeps what he sent. */
export function withheld(services: Services, request: Request): Promise<Reply> {
  const { method, path, query } = request
  const to = ownPath(`${path}${query.size > 0 ? `?${query}` : ''}`)
  const sent = [...typedIn(request)].filter(([name]) => name !== '_csrf')
  const fields = sent.flatMap(([name, texts]) => texts.map((value) => ({ name, value })))
  return proofPage(services, request, method === 'POST' ? { to, method, fields } : { to, method: 'GET', fields: [] }, { status: 403 })
}

export function confirmPage(services: Services, request: Request): Promise<Reply> {
  return proofPage(services, request, { to: ownPath(request.query.get('next')), method: 'GET', fields: [] })
}

/** A right password or code goes on with what was withheld; so does the button alone, once a mailed link was opened. */
export async function confirm(services: Services, request: Request): Promise<Reply> {
  const held = heldIn(request)
  const [password, code] = [textIn(request, 'password') || undefined, textIn(request, 'code') || undefined]
  if (password === undefined && code === undefined)
    return isConfirmed(services.context) ? goOn(services, request, held) : proofPage(services, request, held)
  try {
    await services.account.confirm({ password, code })
  } catch (error) {
    if (error instanceof UserError) return proofPage(services, request, held, { error, status: error.status })
    throw error
  }
  return goOn(services, request, held)
}

export async function mailProof(services: Services, request: Request): Promise<Reply> {
  const held = heldIn(request)
  try {
    await services.account.mailConfirmation()
  } catch (error) {
    if (error instanceof UserError) return proofPage(services, request, held, { error, status: error.status })
    throw error
  }
  return proofPage(services, request, held, { sent: true })
}

/** Where a mailed link leads: by a button, since programs that look through mail open every link. */
export async function proofLinkPage(services: Services, request: Request<{ token: string }>): Promise<Reply> {
  const { name } = await services.identity.holderOf(request.params.token, ['confirm'])
  const { text } = services
  const screen = {
    shell: frameOf(readerOf(services), request),
    name,
    action: `/confirm/${request.params.token}`,
    title: text('web.confirm_self'),
    text: text('web.confirm_link_text', { name }),
    go: text('web.confirm_go'),
  }
  return show(services, request, 'link', screen, { headers: private_ })
}

export async function useProofLink(services: Services, request: Request<{ token: string }>): Promise<Reply> {
  await services.account.confirmByLink(request.params.token)
  return done(request, '/', { tone: 'success', text: services.text('web.confirmed_self') })
}

/** Of a way that a module adds, when it came to nothing. */
export function refusedProof(services: Services, request: Request, error: UserError): Promise<Reply> {
  return proofPage(services, request, { to: '/', method: 'GET', fields: [] }, { error, status: error.status })
}

/** What was withheld is sent again, as it was: by a script at once, else by one more press. */
async function goOn(services: Services, request: Request, held: Held): Promise<Reply> {
  if (held.method === 'GET') return done(request, held.to)
  const { text } = services
  return show(services, request, 'proof', {
    ...(await frameFor(services, request)),
    title: text('web.confirm_self'),
    text: text('web.confirmed_self'),
    action: held.to,
    values: held.fields,
    resume: true,
    cancel: held.to,
  })
}

interface Answered {
  readonly status?: number
  readonly error?: UserError
  readonly sent?: boolean
}

async function proofPage(services: Services, request: Request, held: Held, answered: Answered = {}): Promise<Reply> {
  const { text, account } = services
  const { password, secondFactor, email } = await account.proofs()
  const { error, sent, status = 200 } = answered
  const byMail = !password && !secondFactor
  const isPosted = held.method === 'POST'
  const ways = await services.client.waysToConfirm(isPosted ? '/' : held.to)
  const screen: ProofScreen = {
    ...(await frameFor(services, request)),
    title: text('web.confirm_self'),
    text: byMail ? text('web.confirm_by_mail', { email }) : text('web.confirm_text'),
    action: '/confirm',
    values: [{ name: '_to', value: held.to }, { name: '_method', value: held.method }, ...held.fields.map(hold)],
    password,
    code: secondFactor,
    either: password && secondFactor,
    cancel: held.method === 'GET' ? '/' : held.to.replace(/\/(new|actions\/[^/]+|delete)$/, ''),
    ...(byMail && { mailLink: '/confirm/link' }),
    ...(ways.length > 0 && { ways, apart: isPosted }),
    ...(sent && { sent: text('web.link_sent', { email }) }),
    ...(error && { error: sentenceOf(error, text) }),
  }
  return show(services, request, 'proof', screen, { status, headers: private_ })
}

async function frameFor(services: Services, request: Request): Promise<Pick<ProofScreen, 'shell'>> {
  const reader = readerOf(services)
  return { shell: reader.ability.has(staff) ? await shellOf(reader, request) : frameOf(reader, request) }
}

const hold = ({ name, value }: HiddenValue): HiddenValue => ({ name: `${prefix}${name}`, value })

function heldIn(request: Request): Held {
  const fields = [...typedIn(request)].flatMap(([name, texts]) =>
    name.startsWith(prefix) ? texts.map((value) => ({ name: name.slice(prefix.length), value })) : [],
  )
  return { to: ownPath(textIn(request, '_to')), method: textIn(request, '_method') === 'POST' ? 'POST' : 'GET', fields }
}

const prefix = 'held.'
