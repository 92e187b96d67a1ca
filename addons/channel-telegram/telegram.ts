import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Channel, inParts, Undeliverable } from '@tessera/base'
import { outsideSeconds, type Services } from '@tessera/core'
import { Api, GrammyError } from 'grammy'

type Config = Services['config']

/** The bot of this deployment: its token is TELEGRAM_BOT_TOKEN. */
export function telegram(config: Config): Channel {
  return {
    name: 'telegram',
    label: 'Telegram',
    notReady: () => (tokenOf(config) ? undefined : 'No Telegram bot is set: TELEGRAM_BOT_TOKEN.'),
    async send({ to, text }) {
      const api = apiOf(config)
      try {
        for (const part of inParts(text, longest)) await api.sendMessage(to, part)
      } catch (error) {
        throw inWords(error, config)
      }
    },
  }
}

/** TELEGRAM_API_ROOT names another server of the Bot API, one of one's own. */
export function apiOf(config: Config): Api {
  const token = tokenOf(config)
  if (!token) throw new Error('No Telegram bot is set: TELEGRAM_BOT_TOKEN.')
  return new Api(token, { timeoutSeconds: outsideSeconds(config), apiRoot: rootOf(config) })
}

/** Where the server of the Bot API gives a file out. It holds the token: never shown. */
export function addressOfFile(config: Config, path: string): string {
  return `${rootOf(config)}/file/bot${tokenOf(config)}/${path}`
}

/** What Telegram sends along with each update, so that nobody else can; it follows from the token and does not tell it. */
export function webhookSecret(config: Config): string | undefined {
  const token = tokenOf(config)
  return token && createHmac('sha256', token).update('webhook').digest('base64url')
}

/** Whether a request carries that secret; the time that it takes tells nothing about it. */
export function isFromTelegram(config: Config, given: string | undefined): boolean {
  const secret = webhookSecret(config)
  if (!secret || !given) return false
  const [left, right] = [Buffer.from(given), Buffer.from(secret)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** What went wrong, without what was asked: the address of a request holds the token. */
export function inWords(error: unknown, config: Config): Error {
  if (!(error instanceof GrammyError))
    return new Error(`Telegram was not reached, or did not answer within ${outsideSeconds(config)} seconds.`)
  const { error_code: code, description, parameters } = error
  const sentence = `Telegram answered ${code}: ${description}.`
  if (code === 429) return new Error(`${sentence} It takes the next message in ${parameters.retry_after ?? 1} seconds.`)
  // 403: the customer blocked the bot; 400: there is no such chat. A wrong token is 401 or 404, and can be mended.
  return code === 403 || code === 400 ? new Undeliverable(sentence) : new Error(sentence)
}

function rootOf(config: Config): string {
  return config.variable('TELEGRAM_API_ROOT') ?? 'https://api.telegram.org'
}

function tokenOf(config: Config): string | undefined {
  return config.variable('TELEGRAM_BOT_TOKEN')
}

/** Longer texts go in several messages. */
const longest = 4_096
