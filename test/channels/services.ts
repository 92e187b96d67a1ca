/** WhatsApp, Viber and Messenger as their public documentation shows what they send, take and answer. */
import { createHmac } from 'node:crypto'
import type { Said } from './incoming.ts'
import type { Speech } from './vendor.ts'

export interface Service {
  readonly speech: Speech
  /** The path below its host. */
  readonly path: string
  readonly header: string
  readonly prefix: string
  readonly account: string
  readonly to: string
  readonly addressOf: (chat: number) => string
  /** Messenger sends no name along. */
  readonly isNameless?: true
  /** JSON as text: Viber's numbers are larger than ours. */
  readonly request: (said: Said) => string
}

export const secrets = { signingSecret: 'the-secret-of-the-app', accessToken: 'the-access-token', verifyToken: 'the-verify-token' }

export function sign({ header, prefix }: Service, body: string, secret: string): Readonly<Record<string, string>> {
  return { [header]: `${prefix}${createHmac('sha256', secret).update(body).digest('hex')}` }
}

const graphError = (code: number, message: string) => ({ error: { message, type: 'OAuthException', code, fbtrace_id: 'Az8or2yhqkZfEZ' } })
const authorized = (given: string | undefined, right: string): void => {
  if (given !== right) throw new Error('The access token is missing.')
}

/** https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples */
const whatsapp: Service = {
  path: '/v23.0/106540352242922/messages',
  header: 'x-hub-signature-256',
  prefix: 'sha256=',
  account: '106540352242922',
  to: '16505551234',
  addressOf: (chat) => `1650555${chat}`,
  speech: {
    answers: {
      take: [200, { messaging_product: 'whatsapp', contacts: [{ input: '1', wa_id: '1' }], messages: [{ id: 'wamid.1' }] }],
      temporary: [400, graphError(130429, '(#130429) Rate limit hit')],
      permanent: [400, graphError(131026, '(#131026) Message undeliverable')],
    },
    read({ headers, text }) {
      authorized(headers.authorization, 'Bearer the-access-token')
      const message = JSON.parse(text) as { to: string; type: 'text'; text: { body: string }; biz_opaque_callback_data: string }
      return { to: message.to, text: message[message.type].body, messageId: message.biz_opaque_callback_data }
    },
  },
  request: ({ chat, message, name, text }) =>
    JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '102290129340398',
          changes: [
            {
              value: {
                messaging_product: 'whatsapp',
                metadata: { display_phone_number: '15550783881', phone_number_id: '106540352242922' },
                contacts: [{ profile: { name }, wa_id: `1650555${chat}` }],
                messages: [
                  {
                    from: `1650555${chat}`,
                    id: `wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQ${chat}${message}=`,
                    timestamp: '1739321024',
                    type: 'text',
                    text: { body: text },
                  },
                ],
              },
              field: 'messages',
            },
          ],
        },
      ],
    }),
}

/** https://developers.viber.com/docs/api/rest-bot-api */
const viber: Service = {
  path: '/pa/send_message',
  header: 'x-viber-content-signature',
  prefix: '',
  account: 'Service desk',
  to: '01234567890A=',
  addressOf: (chat) => `0123456${chat}A=`,
  speech: {
    answers: {
      take: [200, { status: 0, status_message: 'ok', message_token: 5741311803571721 }],
      temporary: [200, { status: 12, status_message: 'tooManyRequests' }],
      permanent: [200, { status: 6, status_message: 'receiverNotSubscribed' }],
    },
    read({ headers, text }) {
      authorized(headers['x-viber-auth-token'] as string | undefined, 'the-access-token')
      const {
        receiver,
        type,
        text: body,
        tracking_data,
        sender,
      } = JSON.parse(text) as Record<string, string> & { sender: { name: string } }
      if (type !== 'text' || sender.name.length > 28) throw new Error('This is no text message.')
      return { to: receiver!, text: body!, messageId: tracking_data }
    },
  },
  request: ({ chat, message, name, text }) =>
    JSON.stringify({
      event: 'message',
      timestamp: 1_457_764_197_627,
      message_token: 0,
      sender: { id: `0123456${chat}A=`, name, avatar: 'https://avatar.example.com', country: 'UK', language: 'en', api_version: 1 },
      message: { type: 'text', text, tracking_data: 'tracking data' },
    }).replace('"message_token":0', `"message_token":49126618466552${chat}${10 + message}`),
}

/** https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages */
const messenger: Service = {
  path: '/v23.0/682498302938465/messages',
  header: 'x-hub-signature-256',
  prefix: 'sha256=',
  account: '682498302938465',
  to: '6243332352352',
  addressOf: (chat) => `6243332352${chat}`,
  isNameless: true,
  speech: {
    answers: {
      take: [
        200,
        {
          recipient_id: '1008372609250235',
          message_id: 'm_AG5Hz2Uq7tuwNEhXfYYKj8mJEM_QPpz5jdCK48PnKAjSdjfipqxqMvK8ma6AC8fplwlqLP_5cgXIbu7I3rBN0P',
        },
      ],
      temporary: [400, graphError(613, '(#613) Calls to this API have exceeded the rate limit.')],
      permanent: [400, graphError(551, "(#551) This person isn't available right now.")],
    },
    read({ headers, text }) {
      authorized(headers.authorization, 'Bearer the-access-token')
      const { recipient, message } = JSON.parse(text) as { recipient: { id: string }; message: { text: string; metadata: string } }
      return { to: recipient.id, text: message.text, messageId: message.metadata }
    },
  },
  request: ({ chat, message, text }) =>
    JSON.stringify({
      object: 'page',
      entry: [
        {
          id: '682498302938465',
          time: 1_518_479_195_594,
          messaging: [
            {
              sender: { id: `6243332352${chat}` },
              recipient: { id: '682498302938465' },
              timestamp: 1_518_479_195_308,
              message: { mid: `m_AG5Hz2Uq7tuwNEhXfYYKj8mJEM_${chat}_${message}`, text },
            },
          ],
        },
      ],
    }),
}

export const services = { whatsapp, viber, messenger }
