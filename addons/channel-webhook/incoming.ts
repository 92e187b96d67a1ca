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
})

/** Another system brings what somebody said there. */
export const incoming = route('POST /channels/webhook/:name', {
  may: 'anybody',
  summary: 'Bring a message: signed with the secret of the webhook in X-Tessera-Signature, at the moment in X-Tessera-Timestamp',
  returns: z.object({ ticket: z.string() }),
  run: receive,
})

async function receive(request: Request<{ name: string }>, services: Services): Promise<{ ticket: string }> {
  const { headers, text: body, params } = request
  const system = services.asSystem('The signature of what comes in is checked with the secret of its webhook.')
  const about = await system.find(WebhookChannel, { name: params.name, active: true })
  const signed = { timestamp: headers['x-tessera-timestamp'], signature: headers['x-tessera-signature'], body }
  // Where there is no such webhook the same is done and said: names are not to be guessed.
  if (!isSigned(signed, about?.secret ?? unknown, services.context.now) || !about) {
    throw new Unauthorized(
      'channelWebhook.not_signed',
      'The message is not signed as agreed: X-Tessera-Signature is "sha256=" and the HMAC of "timestamp.body", made within the last five minutes.',
    )
  }
  const parsed = message.safeParse(request.body)
  if (!parsed.success)
    throw new BadRequest('channelWebhook.unfit', 'The message needs the texts id, address and text, and may have a name.', {})
  const { id, address, name, text } = parsed.data
  return services.inbox.receive({ channel: `${prefix}${about.name}`, address, name, body: text, externalId: id })
}

const unknown = newSecret()
