import { type Channel, failureOf, type Outgoing } from '@tessera/base'
import { fetchOutside, type Services } from '@tessera/core'
import { signatureOf } from './signature.ts'
import { WebhookChannel } from './webhook-channel.model.ts'

/** What the names of these channels begin with. */
export const prefix = 'webhook.'

/** Sends to the target of one webhook as it is set up when the message goes out. */
export function webhook(name: string, services: Services): Channel {
  return {
    name: `${prefix}${name}`,
    label: `Webhook ${name}`,
    // Whether it is set up is in the database, and said by `send`: the message waits and is tried again.
    notReady: () => undefined,
    async send(message) {
      const system = services.asSystem('A message goes out by a webhook, signed with its secret.')
      const about = await system.find(WebhookChannel, { name })
      if (!about?.active) throw new Error(`There is no active webhook "${name}". Set it up under Configuration, Webhooks.`)
      const answer = await fetchOutside(about.target, signed(message, about.secret), services.config)
      if (answer.status < 200 || answer.status > 299)
        throw failureOf(answer.status, `The webhook "${name}" answered with the status ${answer.status}.`)
    },
  }
}

function signed({ messageId, to, subject, text, references }: Outgoing, secret: string) {
  const body = JSON.stringify({ id: messageId, to, subject, text, references })
  // When it is sent, not when it was written: a message that waited must not look like a replayed one.
  const timestamp = String(Math.floor(Date.now() / 1000))
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Tessera',
      'x-tessera-timestamp': timestamp,
      'x-tessera-signature': signatureOf(secret, timestamp, body),
      'x-tessera-message-id': messageId,
    },
    body,
  }
}
