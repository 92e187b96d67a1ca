/** What a message of Telegram brings besides words: named in the message, fetched from the Bot API when it is taken in. */
import { type BroughtFile, NotTaken } from '@tessera/base'
import type { Services } from '@tessera/core'
import type { Message } from 'grammy/types'
import { addressOfFile, apiOf } from './telegram.ts'

/** Nothing for what is no file: a place, a contact, a sticker. */
export function filesOf(message: Message, config: Services['config']): readonly BroughtFile[] {
  const { message_id: at, document, photo, voice, audio, video, video_note } = message
  const sent = document ?? audio ?? video ?? voice ?? video_note ?? photo?.at(-1)
  if (!sent) return []
  const [type, ending] =
    photo && !document ? ['image/jpeg', 'jpg'] : voice ? ['audio/ogg', 'ogg'] : audio ? ['audio/mpeg', 'mp3'] : ['video/mp4', 'mp4']
  const name = ('file_name' in sent && sent.file_name) || `telegram-${at}.${document ? 'bin' : ending}`
  const said = ('mime_type' in sent && sent.mime_type) || type
  return [{ name, type: said, content: fetched(sent.file_id, name, config) }]
}

/** The words of the message are not lost with a file that cannot be had; staff are told of that. */
async function* fetched(id: string, name: string, config: Services['config']): AsyncGenerator<Uint8Array> {
  try {
    const { file_path: path } = await apiOf(config).getFile(id)
    const answer = await fetch(addressOfFile(config, path ?? ''), { redirect: 'error', signal: AbortSignal.timeout(patienceMs) })
    if (!answer.ok || !answer.body) throw new Error('It was not there.')
    yield* answer.body
  } catch {
    // What went wrong may hold the address, and with it the token.
    throw new NotTaken(
      'channelTelegram.not_fetched',
      '"{name}" could not be fetched from Telegram, which gives bots files of up to 20 MB.',
      { name },
    )
  }
}

/** Telegram waits a minute for the answer to its request. */
const patienceMs = 45_000
