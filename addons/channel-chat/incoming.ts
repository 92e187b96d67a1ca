import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { html, type Reply, type Request, route, type Services, Unauthorized, UserError } from '@tessera/core'
import type { Incoming } from '@tessera/ticket'
import { prefix } from './chat.ts'
import { ChatChannel } from './chat-channel.model.ts'
import { type IncomingMapping, incomingMapping, type Verification, verification } from './mapping.ts'
import { type Item, itemsAt, textAt, valueAt } from './paths.ts'

/** A chat service brings what people wrote there. */
export const incoming = route('POST /channels/chat/:name', {
  may: 'anybody',
  summary: 'Messages of a chat service, proved and read as its mapping says',
  run: receive,
})

/** Some services make sure once that the address belongs to whoever enters it there. */
export const challenge = route('GET /channels/chat/:name', {
  may: 'anybody',
  summary: 'Sends the challenge of a chat service back to it',
  run: answer,
})

async function receive({ params, headers, text }: Request<{ name: string }>, services: Services): Promise<Reply> {
  const about = await active(params.name, services)
  if (!about || !isProved(verification.parse(about.verification), about.signingSecret, headers, text)) throw forged()
  const mapping = incomingMapping.parse(about.incoming)
  for (const item of itemsAt(exact(text), mapping.messages)) {
    const message = messageIn(item, mapping, services)
    if (message) await takeIn({ channel: `${prefix}${about.name}`, ...message }, services)
  }
  return html('', { headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

/** A message that never fits is left, or the service would bring it, and what came with it, for days. */
async function takeIn(message: Incoming, { inbox }: Services): Promise<void> {
  try {
    await inbox.receive(message)
  } catch (error) {
    if (!(error instanceof UserError && error.code === 'ticket.inbox_unfit')) throw error
  }
}

/** What is no message of a customer (a receipt, a typing sign, an echo of ours) gives nothing. */
function messageIn(item: Item, mapping: IncomingMapping, services: Services) {
  const address = textAt(item, mapping.address)
  const externalId = textAt(item, mapping.externalId)
  if (!address || !externalId || (mapping.skip && valueAt(item, mapping.skip))) return undefined
  const kind = textAt(item, mapping.kind)
  const body = textAt(item, mapping.text) || (kind && services.text('channelChat.not_text', { kind }))
  return body ? { address, externalId, body, name: textAt(item, mapping.name) ?? '' } : undefined
}

async function answer({ params, query }: Request<{ name: string }>, services: Services): Promise<Reply> {
  const about = await active(params.name, services)
  const asked = about && incomingMapping.parse(about.incoming).challenge
  const echo = (asked && query.get(asked.echo)) ?? ''
  if (!asked || !isSame(query.get(asked.token) ?? '', about.verifyToken) || !/^[\w-]{1,200}$/.test(echo)) throw forged()
  return html(echo, { headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

function active(name: string, services: Services): Promise<ChatChannel | null> {
  return services.asSystem('What comes in is checked with the secret of its chat service.').find(ChatChannel, { name, active: true })
}

function isProved(how: Verification, secret: string | null, headers: Readonly<Record<string, string | undefined>>, text: string): boolean {
  const given = headers[how.header] ?? ''
  if (how.by === 'token') return isSame(given, secret)
  return secret !== null && isSame(given, `${how.prefix}${createHmac(how.algorithm, secret).update(text).digest('hex')}`)
}

/** The time that it takes tells nothing, not even how long the right one is. What is not set is never right. */
function isSame(given: string, right: string | null): boolean {
  const digest = (each: string): Buffer => createHash('sha256').update(each).digest()
  return right !== null && right !== '' && timingSafeEqual(digest(given), digest(right))
}

/** As parsed, but whole numbers that a number cannot hold are texts: Viber counts its messages beyond 2^53. */
function exact(text: string): unknown {
  return JSON.parse(text || 'null', (_key: string, value: unknown, context?: { readonly source?: string }) => {
    const { source = '' } = context ?? {}
    return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? source : value
  })
}

/** Said as well where there is no such service: names are not to be guessed. */
function forged(): Unauthorized {
  return new Unauthorized('channelChat.forged', 'This request does not prove that it comes from the chat service. Check its secrets.')
}
