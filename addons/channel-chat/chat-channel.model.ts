import { action, data, defineModel, type Fields, form, list, type Model, p, search } from '@tessera/core'
import { z } from 'zod'
import { incomingMapping, outgoingMapping, verification } from './mapping.ts'
import { presets } from './presets.ts'

const fields = {
  name: p.string(),
  label: p.string(),
  active: p.boolean().default(false),
  account: p.string().nullable(),
  verification: p.json().$type<z.input<typeof verification>>(),
  incoming: p.json().$type<z.input<typeof incomingMapping>>(),
  outgoing: p.json().$type<z.input<typeof outgoingMapping>>(),
  signingSecret: p.string().nullable(),
  accessToken: p.text().nullable(),
  verifyToken: p.string().nullable(),
}

/** A chat service that speaks JSON, described by mappings; the channel is called `chat.` and its name. */
export interface ChatChannel extends Fields<typeof fields> {}
export const ChatChannel: Model<ChatChannel> = defineModel('chatChannel', fields, {
  label: 'Chat service',
  title: 'label',
  code: 'name',
  icon: 'messages',
  order: { name: 'asc' },
  fields: {
    name: {
      valid: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'small letters, digits and hyphens are allowed, beginning with a letter'),
      tracked: true,
      help: 'Stands in the address that the service sends to: /api/channels/chat/ and this name.',
    },
    label: { valid: z.string().min(1).max(100) },
    active: { tracked: true, help: 'While it is off, nothing is taken in and what is sent waits.' },
    account: {
      tracked: true,
      help: 'What the service calls our side, for {{account}}: the id of a phone number or page, the name of a bot.',
    },
    verification: { valid: verification, tracked: true, help: 'How a request proves that it comes from the service.' },
    incoming: { valid: incomingMapping, tracked: true, help: 'Where in a request the messages stand, and in a message its parts.' },
    outgoing: { valid: outgoingMapping, tracked: true, help: 'The request that sends a message.' },
    // Never read by anybody: requests are checked and sent with them.
    signingSecret: { only: [] },
    accessToken: { only: [] },
    verifyToken: { only: [] },
  },
  unique: { name: { of: ['name'], else: 'There is already a chat service "{name}".' } },
})

export const setSecrets = action(ChatChannel, 'setSecrets', {
  label: 'Set the secrets',
  help: 'What is left out stays as it is; none of them is shown again.',
  icon: 'key',
  input: z.object({
    signingSecret: z.string().trim().min(8).max(255).optional().describe('What the service signs its requests with, or sends along'),
    accessToken: z.string().trim().min(8).max(5_000).optional().describe('What our requests carry, for {{token}}'),
    verifyToken: z.string().trim().min(8).max(255).optional().describe('What the service asks once whether the address is ours with'),
  }),
  run: async ({ id }, secrets, { asSystem }) => {
    await asSystem('The secrets of a chat service are written by the action that owns them and read by nobody.').update(
      ChatChannel,
      id,
      secrets,
    )
  },
})

/** WhatsApp, Viber and Messenger, off until somebody enters what the service gave him. */
export const shipped = data(ChatChannel, {
  whatsapp: { name: 'whatsapp', ...presets.whatsapp },
  viber: { name: 'viber', ...presets.viber },
  messenger: { name: 'messenger', ...presets.messenger },
})

export const chatChannelViews = [
  list(ChatChannel, ['label', 'name', 'active', 'account'], { tones: { muted: { active: false } } }),
  form(
    ChatChannel,
    [
      'label',
      'name',
      'account',
      'active',
      {
        tab: 'mapping',
        of: [
          { field: 'verification', wide: true },
          { field: 'incoming', wide: true },
          { field: 'outgoing', wide: true },
        ],
      },
    ],
    { buttons: [setSecrets] },
  ),
  search(ChatChannel, { texts: ['name', 'label'], filters: { active: { active: true } } }),
]
