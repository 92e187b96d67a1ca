import { ChatChannel, setSecrets } from '@tessera/channel-chat'
import { channelConformance } from './conformance.ts'
import { secrets, services, sign } from './services.ts'
import { httpVendor } from './vendor.ts'

for (const [name, service] of Object.entries(services)) {
  channelConformance(`chat.${name}, as it is shipped`, {
    channel: `chat.${name}`,
    modules: ['channel-chat'],
    to: service.to,
    startVendor: () =>
      httpVendor({
        ...service.speech,
        read(sent) {
          if (sent.path !== service.path) throw new Error(`There is nothing at ${sent.path}.`)
          return service.speech.read(sent)
        },
      }),
    env: () => ({}),
    async setUp({ records }, vendor) {
      const { id, outgoing } = (await records.find(ChatChannel, { name }))!
      // The vendor is another host here; the rest is as shipped.
      const url = outgoing.url.replace(/^https:\/\/[^/]+/, vendor)
      await records.update(ChatChannel, id, { active: true, account: service.account, outgoing: { ...outgoing, url } })
      await records.act(setSecrets, id, secrets)
    },
    takesMessageId: true,
    async deliver(said, _, forged) {
      const body = service.request(said)
      const headers = sign(service, body, forged ? 'the-secret-of-another-app' : secrets.signingSecret)
      const address = service.addressOf(said.chat)
      return { path: `/api/channels/chat/${name}`, headers, body, address, ...(service.isNameless && { called: address }) }
    },
  })
}
