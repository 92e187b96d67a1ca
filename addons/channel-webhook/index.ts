import base, { administrator, automation } from '@tessera/base'
import { command, defineModule, menu, UserError } from '@tessera/core'
import ticket from '@tessera/ticket'
import { z } from 'zod'
import { incoming } from './incoming.ts'
import { prefix, webhook } from './webhook.ts'
import { newSecret, setSecret, WebhookChannel, webhookChannelViews } from './webhook-channel.model.ts'
import { incomingWithFiles } from './with-files.ts'

export { signatureOf } from './signature.ts'
export { setSecret, WebhookChannel }

const renewSecret = command('webhook renew-secret', {
  help: 'Give a webhook a new secret and print it, once; the one before no longer holds.',
  input: z.object({ name: z.string().describe('Name of the webhook') }),
  async run({ name }, { records, asSystem }) {
    const about = await records.find(WebhookChannel, { name })
    if (!about)
      throw new UserError('channelWebhook.unknown', 'There is no webhook "{name}". Add it under Configuration, Webhooks.', { name })
    const secret = newSecret()
    await asSystem('The secret of a webhook is written by the command that makes it.').update(WebhookChannel, about.id, { secret })
    return { name, secret }
  },
})

export default defineModule({
  name: 'channel-webhook',
  depends: [base, ticket],
  models: [WebhookChannel],
  actions: [setSecret],
  views: webhookChannelViews,
  menus: [menu('Webhooks', { in: automation, icon: 'webhook', opens: WebhookChannel, may: administrator })],
  permissions: [administrator.can(['create', 'read', 'update', 'delete', setSecret], WebhookChannel)],
  routes: [incoming, incomingWithFiles],
  commands: [renewSecret],
  overrides: {
    channels: (Channels) =>
      class extends Channels {
        override named(name: string) {
          return name.startsWith(prefix) ? webhook(name.slice(prefix.length), this.services) : super.named(name)
        }
      },
  },
})
