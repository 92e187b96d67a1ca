/**
 * Mappings of three services, as their public documentation describes them. They are shipped as channels that are off: enter what
 * the service gave you, and switch one on.
 */
import type { z } from 'zod'
import type { incomingMapping, outgoingMapping, verification } from './mapping.ts'

interface Preset {
  readonly label: string
  readonly verification: z.input<typeof verification>
  readonly incoming: z.input<typeof incomingMapping>
  readonly outgoing: z.input<typeof outgoingMapping>
}

/** https://developers.facebook.com/docs/whatsapp/cloud-api */
const whatsapp: Preset = {
  label: 'WhatsApp',
  verification: { by: 'hmac', header: 'x-hub-signature-256', algorithm: 'sha256', prefix: 'sha256=' },
  incoming: {
    messages: 'entry[].changes[].value.messages[]',
    address: 'from',
    name: '^.contacts.0.profile.name',
    text: 'text.body',
    externalId: 'id',
    kind: 'type',
    challenge: { token: 'hub.verify_token', echo: 'hub.challenge' },
  },
  outgoing: {
    url: 'https://graph.facebook.com/v23.0/{{account}}/messages',
    headers: { authorization: 'Bearer {{token}}' },
    body: {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '{{to}}',
      type: 'text',
      text: { preview_url: false, body: '{{text}}' },
      biz_opaque_callback_data: '{{messageId}}',
    },
    longest: 4096,
    // By their list of codes: what is overloaded, limited, or to be mended in the account; much of it is answered with 400 as well.
    answer: {
      code: 'error.code',
      temporary: [
        0, 1, 2, 3, 4, 10, 190, 368, 80007, 130429, 131000, 131016, 131031, 131042, 131045, 131048, 131056, 131057, 133004, 133010,
      ],
      permanent: [131026, 131047],
    },
  },
}

/** https://developers.viber.com/docs/api/rest-bot-api */
const viber: Preset = {
  label: 'Viber',
  verification: { by: 'hmac', header: 'x-viber-content-signature', algorithm: 'sha256' },
  // Every event comes alone; only one with a message has a text.
  incoming: {
    messages: '',
    address: 'sender.id',
    name: 'sender.name',
    text: 'message.text',
    externalId: 'message_token',
    kind: 'message.type',
  },
  outgoing: {
    url: 'https://chatapi.viber.com/pa/send_message',
    headers: { 'x-viber-auth-token': '{{token}}' },
    body: {
      receiver: '{{to}}',
      min_api_version: 1,
      sender: { name: '{{account}}' },
      tracking_data: '{{messageId}}',
      type: 'text',
      text: '{{text}}',
    },
    longest: 7000,
    // It answers 200 whatever happened. For good: a wrong message (3, 4), somebody who left or cannot get it (5, 6, 11, 13, 14).
    answer: { code: 'status', accepted: [0], permanent: [3, 4, 5, 6, 11, 13, 14] },
  },
}

/** https://developers.facebook.com/docs/messenger-platform */
const messenger: Preset = {
  label: 'Facebook Messenger',
  verification: { by: 'hmac', header: 'x-hub-signature-256', algorithm: 'sha256', prefix: 'sha256=' },
  incoming: {
    messages: 'entry[].messaging[]',
    address: 'sender.id',
    text: 'message.text',
    externalId: 'message.mid',
    kind: 'message.attachments.0.type',
    skip: 'message.is_echo',
    challenge: { token: 'hub.verify_token', echo: 'hub.challenge' },
  },
  outgoing: {
    url: 'https://graph.facebook.com/v23.0/{{account}}/messages',
    headers: { authorization: 'Bearer {{token}}' },
    body: { recipient: { id: '{{to}}' }, messaging_type: 'RESPONSE', message: { text: '{{text}}', metadata: '{{messageId}}' } },
    longest: 2000,
    answer: { code: 'error.code', temporary: [1, 2, 4, 10, 17, 32, 190, 200, 230, 341, 613, 1200], permanent: [551] },
  },
}

export const presets = { whatsapp, viber, messenger }
