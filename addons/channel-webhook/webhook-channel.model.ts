import { randomBytes } from 'node:crypto'
import { action, defineModel, type Fields, form, given, list, type Model, p, search } from '@tessera/core'
import { z } from 'zod'

const fields = {
  name: p.string(),
  label: p.string(),
  target: p.string(),
  secret: p.string(),
  active: p.boolean().default(true),
}

/** Another system that messages are exchanged with; the channel is called `webhook.` and its name. */
export interface WebhookChannel extends Fields<typeof fields, 'secret'> {}
export const WebhookChannel: Model<WebhookChannel> = defineModel('webhookChannel', fields, {
  label: 'Webhook',
  title: 'label',
  code: 'name',
  icon: 'webhook',
  order: { name: 'asc' },
  fields: {
    name: {
      valid: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'small letters, digits and hyphens are allowed, beginning with a letter'),
      tracked: true,
      help: 'Stands in the address that the other system sends to: /api/channels/webhook/ and this name.',
    },
    label: { valid: z.string().min(1).max(100) },
    target: {
      label: 'Target address',
      valid: z.url({ protocol: /^https?$/, error: 'an address that begins with https:// is needed' }).max(255),
      tracked: true,
      help: 'Where messages are sent to. It begins with https:// and is reachable from the internet.',
    },
    // Never read by anybody: signatures are made and checked with it.
    secret: { only: [], suggest: given([], () => newSecret()) },
    active: { tracked: true, help: 'While it is off, nothing is taken in and what is sent waits.' },
  },
  unique: { name: { of: ['name'], else: 'There is already a webhook "{name}".' } },
})

/** What both sides sign with: 256 random bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

export const setSecret = action(WebhookChannel, 'setSecret', {
  label: 'Set the secret',
  help: 'What the other system signs with; it is not shown again. `tessera webhook renew-secret` makes a new one and prints it.',
  icon: 'key',
  input: z.object({ secret: z.string().trim().min(32).max(255).describe('At least 32 characters, known to both sides only') }),
  run: async ({ id }, { secret }, { asSystem }) => {
    await asSystem('The secret of a webhook is written by the action that owns it and read by nobody.').update(WebhookChannel, id, {
      secret,
    })
  },
})

export const webhookChannelViews = [
  list(WebhookChannel, ['label', 'name', 'target', 'active'], { tones: { muted: { active: false } } }),
  form(WebhookChannel, ['label', 'name', { field: 'target', wide: true }, 'active'], { buttons: [setSecret] }),
  search(WebhookChannel, { texts: ['name', 'label', 'target'], filters: { active: { active: true } } }),
]
