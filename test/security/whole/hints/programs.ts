/** What other programs send: signed, with the names that stand in this deployment. */
import { createHash, createHmac } from 'node:crypto'
import { OutboxMessage, Team } from '@tessera/base'
import { ChatChannel, setSecrets } from '@tessera/channel-chat'
import { setSecret, signatureOf, WebhookChannel } from '@tessera/channel-webhook'
import { Branch, Company, DepartmentService } from '@tessera/dealership'
import { NotificationTemplate } from '@tessera/notifications'
import { Partner } from '@tessera/partner'
import { Ticket, TicketType } from '@tessera/ticket'
import { webhookSecret } from '../../../../addons/channel-telegram/telegram.ts'
import type { Ask } from '../client.ts'
import { idOf } from '../population.ts'
import { get, type Hints, json, type Stage } from '../stage.ts'
import { template } from './screens.ts'

const vin = '1HGCM82633A004352'
const secret = 'a secret that both sides know and nobody else'
const reach = { name: 'Ana', email: 'ana@people.example' }
const fromCrm = { id: 'm-1', address: '4711', name: 'Ana', text: 'My payment did not arrive' }
const appointment = { date: '2030-12-24', time: '09:30', vehicle: 'Corolla' }

export const programHints: Hints = {
  'POST /api/channels/chat/:name': async (stage) => {
    await chat(stage)
    // That something was read is no message, and nothing has to be sent for it.
    const body = JSON.stringify({ entry: [{ changes: [{ field: 'messages', value: { statuses: [{ id: 'w1', status: 'read' }] } }] }] })
    const signature = createHmac('sha256', secret).update(body).digest('hex')
    const ask = json('/api/channels/chat/whatsapp', JSON.parse(body), { 'x-hub-signature-256': `sha256=${signature}` })
    return { person: stage.nobody, ask }
  },
  'GET /api/channels/chat/:name': async (stage) => {
    await chat(stage)
    const query = new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.challenge': '1158201444', 'hub.verify_token': secret })
    return { person: stage.nobody, ask: get(`/api/channels/chat/whatsapp?${query}`) }
  },
  'POST /api/channels/telegram': async (stage) => {
    const message = { message_id: 1, date: 1, chat: { id: 4711, type: 'private', first_name: 'Ana' }, text: '/start' }
    const token = webhookSecret(stage.system.config) ?? ''
    const ask = json('/api/channels/telegram', { update_id: 1, message }, { 'x-telegram-bot-api-secret-token': token })
    return { person: stage.nobody, ask }
  },
  'POST /api/channels/webhook/:name': async (stage) => ({
    person: stage.nobody,
    ask: json('/api/channels/webhook/crm', fromCrm, await signed(stage, fromCrm)),
  }),
  'POST /api/channels/webhook/:name/files': async (stage) => {
    const sha256 = createHash('sha256').update('Proof').digest('hex')
    const message = { ...fromCrm, id: 'm-2', files: [{ name: 'proof.txt', sha256 }] }
    const body = [
      `--x\r\ncontent-disposition: form-data; name="message"\r\n\r\n${JSON.stringify(message)}`,
      '--x\r\ncontent-disposition: form-data; name="files"; filename="proof.txt"\r\n\r\nProof',
      '--x--\r\n',
    ].join('\r\n')
    const ask = {
      ...json('/api/channels/webhook/crm/files', {}, await signed(stage, message)),
      body,
      type: 'multipart/form-data; boundary=x',
    }
    return { person: stage.nobody, ask }
  },
  'POST /api/intake/general-inquiries': intake('general-inquiries', () => ({ message: 'When are you open?' })),
  'POST /api/intake/vehicle-quotations': intake('vehicle-quotations', () => ({ vehicle: 'Corolla', vehicleQuotationType: 'buy' })),
  'POST /api/intake/ssc-inquiries': intake('ssc-inquiries', () => ({ vin })),
  'POST /api/intake/service-bookings': intake('service-bookings', async (stage) => ({
    ...appointment,
    companyBranchId: await branch(stage),
  })),
  'POST /api/intake/test-drives': intake('test-drives', async (stage) => ({ ...appointment, companyBranchId: await branch(stage) })),
  'POST /api/recall-findings': async (stage) => {
    const { records } = stage.system
    const partner = (await records.create(Partner, { name: 'Ana' })).id
    const type = (await records.find(TicketType, { code: 'ssc_inquiry' }))!.id
    const ticket = (await records.create(Ticket, { subject: 'A recall', partner, type, dealerVin: vin })).id
    const body = { ticket, code: '21TA04', description: 'The airbag' }
    return { person: await stage.somebody('administrator'), ask: json('/api/recall-findings', body) }
  },
  'POST /api/notification-templates': async (stage) => {
    const { records } = stage.system
    const shipped = (await records.find(NotificationTemplate, { event: 'closed', audience: 'team' })) ?? undefined
    if (shipped) await records.remove(NotificationTemplate, shipped.id)
    const body = { event: 'closed', audience: 'team', subject: 'Closed', body: '<mj-text>{{number}} is closed.</mj-text>' }
    return { person: await stage.somebody('administrator'), ask: json('/api/notification-templates', body) }
  },
  'GET /api/notification-templates/:id': administrator(async (stage) => get(`/api/notification-templates/${await template(stage)}`)),
  // Chance names those that it has taken away before.
  'DELETE /api/notification-templates/:id': administrator(async ({ system }) => {
    const { rows } = await system.records.query(NotificationTemplate, { fields: [], where: { event: { $ne: 'closed' } }, limit: 1 })
    return { method: 'DELETE', path: `/api/notification-templates/${rows[0]!.id}` }
  }),
  'PATCH /api/notification-templates/:id': administrator(async (stage) => ({
    ...json(`/api/notification-templates/${await template(stage)}`, { active: false }),
    method: 'PATCH',
  })),
  'POST /api/assignment-rules': administrator(({ desk }) => {
    const team = idOf(desk.composition.models.of(Team), 0)
    return json('/api/assignment-rules', { name: 'Urgent ones', condition: {}, strategy: 'team', team })
  }),
  'POST /api/authorized-vehicles': administrator(() => json('/api/authorized-vehicles', { vin: '11111111111111111' })),
  'GET /api/search': administrator(() => get('/api/search?q=Ana')),
  'GET /api/ssc/:vin': administrator(() => get(`/api/ssc/${vin}`)),
  'POST /api/ssc-records': administrator(() => json('/api/ssc-records', { vin, code: '21TA04', description: 'The airbag' })),
  'GET /api/reports/:figure': administrator(() => get('/api/reports/volume')),
  'POST /api/outbox-messages/:id/retry': async (stage) => {
    // Others may have sent again all that were dead.
    const message = idOf(stage.desk.composition.models.of(OutboxMessage), 1)
    await stage.desk.connection.run(`update outbox_message set status = 'dead' where id = $1`, [message])
    return { person: await stage.somebody('administrator'), ask: json(`/api/outbox-messages/${message}/retry`, {}) }
  },
  'POST /api/tickets/:id/assign': administrator(async (stage) => {
    const { ticket } = await stage.customer()
    return json(`/api/tickets/${ticket}/assign`, { assignee: (await stage.somebody('agent')).user })
  }),
  'POST /api/followers': administrator(async (stage) =>
    json('/api/followers', { ticket: (await stage.customer()).ticket, user: (await stage.somebody('manager')).user }),
  ),
  'POST /api/activities': administrator(async (stage) => {
    const { ticket } = await stage.customer()
    return json('/api/activities', { ticket, summary: 'Call back', due: '2030-01-01', user: (await stage.somebody('manager')).user })
  }),
  'POST /api/tickets/:id/handOver': async (stage) => {
    const { records } = stage.system
    const partner = (await records.create(Partner, { name: 'Ana' })).id
    const ticket = (await records.create(Ticket, { subject: 'For a branch', partner })).id
    const company = idOf(stage.desk.composition.models.of(Company), 0)
    return { person: await stage.somebody('administrator'), ask: json(`/api/tickets/${ticket}/handOver`, { company }) }
  },
}

function administrator(make: (stage: Stage) => Ask | Promise<Ask>): Hints[string] {
  return async (stage) => ({ person: await stage.somebody('administrator'), ask: await make(stage) })
}

/** By an external system. */
function intake(kind: string, more: (stage: Stage) => object | Promise<object>): Hints[string] {
  return async (stage) => ({ person: stage.program, ask: json(`/api/intake/${kind}`, { ...reach, ...(await more(stage)) }) })
}

/** What the other side of a webhook sends along with a message. */
async function signed({ system: { records } }: Stage, message: object): Promise<Readonly<Record<string, string>>> {
  if (!(await records.find(WebhookChannel, { name: 'crm' }))) {
    // Nothing is sent there: the port takes no connections.
    const { id } = await records.create(WebhookChannel, { name: 'crm', label: 'CRM', target: 'http://127.0.0.1:9/' })
    await records.act(setSecret, id, { secret })
  }
  const timestamp = String(Math.floor(Date.now() / 1000))
  return { 'x-tessera-timestamp': timestamp, 'x-tessera-signature': signatureOf(secret, timestamp, JSON.stringify(message)) }
}

async function chat({ system }: Stage): Promise<void> {
  const { id } = (await system.records.find(ChatChannel, { name: 'whatsapp' }))!
  await system.records.update(ChatChannel, id, { active: true })
  await system.records.act(setSecrets, id, { signingSecret: secret, verifyToken: secret })
}

/** One that is open and offers everything. */
async function branch({ desk, system: { records } }: Stage): Promise<string> {
  const id = idOf(desk.composition.models.of(Branch), 0)
  const { rows } = await records.query(DepartmentService, { fields: [], limit: 200 })
  await records.update(Branch, id, { services: rows.map((each) => each.id) })
  return id
}
