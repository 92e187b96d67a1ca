import base from '@tessera/base'
import { command, defineModule, UserError } from '@tessera/core'
import ticket from '@tessera/ticket'
import { incoming } from './incoming.ts'
import { apiOf, inWords, telegram, webhookSecret } from './telegram.ts'

const connect = command('telegram connect', {
  help: 'Tell Telegram to bring what people write to the bot to this address (BASE_URL).',
  async run(_, { config, channels, copy }) {
    if (copy.since) throw new UserError('channelTelegram.copy', 'This database is a copy: the bot stays where it is connected.')
    const reason = channels.named('telegram')?.notReady()
    if (reason) throw new UserError('channelTelegram.not_ready', '{reason} Set it and try again.', { reason })
    if (!config.baseUrl.startsWith('https://'))
      throw new UserError('channelTelegram.no_https', 'Telegram comes to an https:// address only, and BASE_URL is {baseUrl}.', config)
    const url = `${config.baseUrl}/api/channels/telegram`
    const api = apiOf(config)
    try {
      await api.setWebhook(url, { secret_token: webhookSecret(config) ?? '', allowed_updates: ['message'] })
      const { username } = await api.getMe()
      return { bot: `@${username}`, url }
    } catch (error) {
      throw new UserError('channelTelegram.refused', 'The bot was not connected. {reason}', { reason: inWords(error, config).message })
    }
  },
})

export default defineModule({
  name: 'channel-telegram',
  depends: [base, ticket],
  routes: [incoming],
  commands: [connect],
  overrides: {
    channels: (Channels) =>
      class extends Channels {
        override all() {
          return [...super.all(), telegram(this.services.config)]
        }
      },
  },
})
