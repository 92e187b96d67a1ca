import { signatureOf, WebhookChannel } from '@tessera/channel-webhook'
import type { Services } from '@tessera/core'
import { channelConformance } from './conformance.ts'
import { httpVendor, type Speech } from './vendor.ts'

const secret = 'a-secret-that-both-sides-know-and-nobody-else'

const otherSystem: Speech = {
  answers: { take: [202, {}], temporary: [503, {}], permanent: [422, { error: 'no such receiver' }] },
  read({ headers, text }) {
    const timestamp = String(headers['x-tessera-timestamp'])
    if (headers['x-tessera-signature'] !== signatureOf(secret, timestamp, text)) throw new Error('The signature is wrong.')
    if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 60) throw new Error('The timestamp is wrong.')
    const { id, to, text: body } = JSON.parse(text) as Record<string, string>
    if (headers['x-tessera-message-id'] !== id) throw new Error('Header and body name two messages.')
    return { to: to!, text: body!, messageId: id }
  },
}

async function setUp({ records, asSystem }: Services, vendor: string): Promise<void> {
  const { id } = await records.create(WebhookChannel, { name: 'crm', label: 'CRM', target: `${vendor}/messages` })
  await asSystem('the test and the desk share a secret').update(WebhookChannel, id, { secret })
}

channelConformance('webhook', {
  channel: 'webhook.crm',
  modules: ['channel-webhook'],
  to: '4711',
  startVendor: () => httpVendor(otherSystem),
  env: () => ({}),
  setUp,
  takesMessageId: true,
  async deliver({ chat, message, name, text }, _, forged) {
    const address = String(chat)
    const body = JSON.stringify({ id: `${chat}-${message}`, address, name, text })
    const timestamp = String(Math.floor(Date.now() / 1000))
    const signature = signatureOf(forged ? 'a-secret-that-somebody-made-up' : secret, timestamp, body)
    return {
      path: '/api/channels/webhook/crm',
      headers: { 'x-tessera-timestamp': timestamp, 'x-tessera-signature': signature },
      body,
      address,
    }
  },
})
