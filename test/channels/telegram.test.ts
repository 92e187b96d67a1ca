import { createHmac } from 'node:crypto'
import { channelConformance } from './conformance.ts'
import { httpVendor, type Speech } from './vendor.ts'

const token = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw'

/** As the Bot API answers: https://core.telegram.org/bots/api#making-requests */
const botApi: Speech = {
  answers: {
    take: [200, { ok: true, result: { message_id: 1, date: 1, chat: { id: 1, type: 'private' } } }],
    temporary: [429, { ok: false, error_code: 429, description: 'Too Many Requests: retry after 5', parameters: { retry_after: 5 } }],
    permanent: [403, { ok: false, error_code: 403, description: 'Forbidden: bot was blocked by the user' }],
  },
  read({ path, text }) {
    if (path !== `/bot${token}/sendMessage`) throw new Error('There is no such method.')
    const { chat_id, text: body } = JSON.parse(text) as { chat_id: string; text: string }
    return { to: String(chat_id), text: body, messageId: undefined }
  },
}

channelConformance('telegram', {
  channel: 'telegram',
  modules: ['channel-telegram'],
  to: '4711',
  startVendor: () => httpVendor(botApi),
  env: (vendor) => ({ TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: vendor }),
  takesMessageId: false,
  async deliver({ chat, message, name, text }, _, forged) {
    const [first_name, last_name] = name.split(' ')
    const person = { id: chat, first_name, last_name }
    const body = JSON.stringify({
      update_id: chat * 1000 + message,
      message: { message_id: message, date: 1_441_645_532, chat: { ...person, type: 'private' }, from: { ...person, is_bot: false }, text },
    })
    const secret = createHmac('sha256', forged ? 'another token' : token)
      .update('webhook')
      .digest('base64url')
    return { path: '/api/channels/telegram', headers: { 'x-telegram-bot-api-secret-token': secret }, body, address: String(chat) }
  },
})
