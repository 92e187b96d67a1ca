import base, { administrator, automation } from '@tessera/base'
import { defineModule, menu } from '@tessera/core'
import ticket from '@tessera/ticket'
import { chat, prefix } from './chat.ts'
import { ChatChannel, chatChannelViews, setSecrets, shipped } from './chat-channel.model.ts'
import { challenge, incoming } from './incoming.ts'

export { ChatChannel, setSecrets }

export default defineModule({
  name: 'channel-chat',
  depends: [base, ticket],
  models: [ChatChannel],
  actions: [setSecrets],
  data: [shipped],
  views: chatChannelViews,
  menus: [menu('Chat services', { in: automation, icon: 'messages', opens: ChatChannel, may: administrator })],
  permissions: [administrator.can(['create', 'read', 'update', 'delete', setSecrets], ChatChannel)],
  routes: [incoming, challenge],
  overrides: {
    channels: (Channels) =>
      class extends Channels {
        override named(name: string) {
          return name.startsWith(prefix) ? chat(name.slice(prefix.length), this.services) : super.named(name)
        }
      },
  },
})
