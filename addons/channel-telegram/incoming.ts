import { html, type Reply, type Request, route, type Services, Unauthorized } from '@tessera/core'
import type { Update } from 'grammy/types'
import { filesOf } from './files.ts'
import { isFromTelegram } from './telegram.ts'

/** Telegram brings what somebody wrote to the bot. */
export const incoming = route('POST /channels/telegram', {
  may: 'anybody',
  summary: 'Updates of the Telegram bot, with its secret in X-Telegram-Bot-Api-Secret-Token',
  run: receive,
})

async function receive({ headers, body }: Request, services: Services): Promise<Reply> {
  if (!isFromTelegram(services.config, headers['x-telegram-bot-api-secret-token']))
    throw new Unauthorized('channelTelegram.forged', 'This did not come from Telegram. Connect the bot with "tessera telegram connect".')
  const { message } = body as Update
  // Groups, edits and whatever Telegram invents next: taken, or it would be sent again for a day.
  if (message?.chat.type !== 'private') return taken()
  const { message_id, chat, text, caption } = message
  if (text && /^\/start(\s|$)/.test(text))
    return taken({ method: 'sendMessage', chat_id: chat.id, text: services.text('channelTelegram.greeting') })
  const files = filesOf(message, services.config)
  await services.inbox.receive({
    channel: 'telegram',
    address: String(chat.id),
    name: `${chat.first_name} ${chat.last_name ?? ''}`,
    body: text ?? wordsOf(caption, files.length > 0, services),
    // Telegram counts the messages of each chat.
    externalId: `${chat.id}.${message_id}`,
    files,
  })
  return taken()
}

/** The words under a file; something has to be said where there are none. */
function wordsOf(caption: string | undefined, isFile: boolean, { text }: Services): string {
  if (isFile) return caption || text('channelTelegram.file')
  return [caption, text('channelTelegram.not_text')].filter(Boolean).join('\n\n')
}

/** An answer to an update may name one method that Telegram then calls. */
function taken(call: object = {}): Reply {
  return html(JSON.stringify(call), { headers: { 'content-type': 'application/json' } })
}
