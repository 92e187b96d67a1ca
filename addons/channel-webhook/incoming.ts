import type { BroughtFile } from '@tessera/base'
import { BadRequest, type Request, route, type Services, Unauthorized } from '@tessera/core'
import { z } from 'zod'
import { isSigned } from './signature.ts'
import { prefix } from './webhook.ts'
import { newSecret, WebhookChannel } from './webhook-channel.model.ts'

const message = z.object({
  id: z.string().min(1).max(190).describe('What the other system calls the message; the same again is taken in once'),
  address: z.string().min(1).max(190).describe('What it calls the sender, and where a reply reaches him'),
  name: z.string().max(1_000).default('').describe('What the sender calls himself'),
  text: z.string().min(1).max(1_000_000),
  files: z
    .array(z.object({ name: z.string().max(1_000), type: z.string().max(200).default(''), sha256: z.hex().length(64).toLowerCase() }))
    .max(50)
    .default([])
    .describe('Those that come behind it, where it comes as a form'),
})
/** What another system says, once it is known that it does. */
export type Message = z.output<typeof message>

/** Another system brings what somebody said there. */
export const incoming = route('POST /channels/webhook/:name', {
  may: 'anybody',
  summary: 'Bring a message: signed with the secret of the webhook in X-Tessera-Signature, at the moment in X-Tessera-Timestamp',
  returns: z.object({ ticket: z.string() }),
  run: async (request, services) => {
    const { about, message } = await provedMessage(request, request.text, services)
    if (message.files.length > 0) throw unfit()
    return receive(about, message, services)
  },
})

/** The message that was signed, and the webhook that it came by; refuses anything else. */
export async function provedMessage(
  { headers, params }: Request<{ name: string }>,
  body: string,
  services: Services,
): Promise<{ readonly about: WebhookChannel; readonly message: Message }> {
  const system = services.asSystem('The signature of what comes in is checked with the secret of its webhook.')
  const about = await system.find(WebhookChannel, { name: params.name, active: true })
  const signed = { timestamp: headers['x-tessera-timestamp'], signature: headers['x-tessera-signature'], body }
  // Where there is no such webhook the same is done and said: names are not to be guessed.
  if (!isSigned(signed, about?.secret ?? unknown, services.context.now) || !about) throw notSigned()
  const parsed = message.safeParse(parsedJson(body))
  if (!parsed.success) throw unfit()
  return { about, message: parsed.data }
}

/** Hands it over to the inbox, with what comes along. */
export function receive(
  webhook: WebhookChannel,
  { id, address, name, text }: Message,
  { inbox }: Services,
  files: AsyncIterable<BroughtFile> | readonly BroughtFile[] = [],
): Promise<{ ticket: string }> {
  return inbox.receive({ channel: `${prefix}${webhook.name}`, address, name, body: text, externalId: id, files })
}

export function notSigned(): Unauthorized {
  return new Unauthorized(
    'channelWebhook.not_signed',
    'The message is not signed as agreed: X-Tessera-Signature is "sha256=" and the HMAC of "timestamp.body", made within the last five minutes.',
  )
}

function unfit(): BadRequest {
  return new BadRequest(
    'channelWebhook.unfit',
    'The message needs the texts id, address and text, and may have a name. Files come in a form, at the address that ends in /files.',
  )
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const unknown = newSecret()
