import {
  action,
  after,
  ago,
  data,
  defineModel,
  defineModule,
  extend,
  type Fields,
  form,
  given,
  kanban,
  list,
  type Model,
  me,
  now,
  p,
  patch,
  patchView,
  ref,
  role,
  search,
  show,
  translated,
  UserError,
} from '@tessera/core'
import { z } from 'zod'

const statusFields = { name: translated(), category: p.enum(['open', 'paused', 'closed']), rank: p.integer().default(0) }
export interface Status extends Fields<typeof statusFields> {}
export const Status: Model<Status> = defineModel('status', statusFields, { title: 'name' })

const partnerFields = {
  name: p.string(),
  email: p.string().nullable(),
  company: () => p.manyToOne(Partner).nullable(),
  contacts: () => p.oneToMany(Partner).mappedBy('company'),
}
export interface Partner extends Fields<typeof partnerFields> {}
export const Partner: Model<Partner> = defineModel('partner', partnerFields, { title: 'name', order: { name: 'asc' } })

const fields = {
  number: p.string(),
  subject: p.string(),
  status: () => p.manyToOne(Status),
  partner: () => p.manyToOne(Partner),
  contact: () => p.manyToOne(Partner).nullable(),
  tags: () => p.manyToMany(Status),
  priority: p.enum(['low', 'high']).default('low'),
  dueAt: p.datetime().nullable(),
  closedAt: p.datetime().nullable(),
  hours: p.float().nullable(),
  isOpen: p.boolean().persist(false),
  partnerEmail: p.string().nullable().persist(false),
  parent: () => p.manyToOne(Ticket).nullable(),
  children: () => p.oneToMany(Ticket).mappedBy('parent'),
  childCount: p.integer().persist(false),
}
export interface Ticket extends Fields<typeof fields> {}
export const Ticket: Model<Ticket> = defineModel('ticket', fields, {
  title: given(['number', 'subject'], ({ number, subject }) => `${number} ${subject}`),
  order: { priority: 'desc', 'partner.name': 'asc' },
  fields: {
    number: { sequence: 'T-{yyyy}-{00000}', readonly: true },
    subject: { valid: z.string().min(3), tracked: true },
    status: { tracked: true, through: () => [close] },
    contact: { where: given(['partner'], ({ partner }) => ({ company: partner.id })) },
    priority: { suggest: given(['status.category'], ({ status }) => (status.category === 'open' ? 'high' : 'low')) },
    dueAt: { suggest: given([], (_, { now }) => new Date(now.getTime())) },
    hours: {
      compute: given(
        ['createdAt', 'closedAt'],
        ({ createdAt, closedAt }) => closedAt && (closedAt.getTime() - createdAt.getTime()) / 3_600_000,
      ),
    },
    isOpen: { compute: given(['status.category'], ({ status }) => status.category === 'open') },
    partnerEmail: { from: 'partner.email' },
    childCount: { count: { of: 'children', where: { closedAt: null } } },
  },
  checks: { due: { holds: given(['dueAt', 'createdAt'], ({ dueAt, createdAt }) => !dueAt || dueAt >= createdAt), else: 'x' } },
  around: { create: (draft, next) => next({ ...draft, subject: draft.subject.trim() }) },
})
const agent = role('agent')
const status = data(Status, { new: { name: 'New', category: 'open' }, done: { name: { en: 'Done', fr: 'Fini' }, category: 'closed' } })
export const close = action(Ticket, 'close', {
  label: 'Close',
  when: { status: { category: { $ne: 'closed' } } },
  input: z.object({ status: ref(Status, { category: 'closed' }).optional() }),
  takes: { status: { category: 'closed' } },
  run: async (ticket, { status }, { records }) => records.update(Ticket, ticket.id, { status: status ?? 'x', closedAt: new Date() }),
})
const ticketForm = form(
  Ticket,
  [
    'subject',
    { group: 'customer', of: ['partner', 'partner.email', { field: 'contact', hidden: { partner: { company: null } } }] },
    { tab: 'sub', of: [{ field: 'children', list: ['number'] }] },
  ],
  { status: 'status', buttons: [close], links: ['children'] },
)
const ticketSearch = search(Ticket, {
  texts: ['subject', 'partner.name'],
  filters: { open: { status: { category: 'open' } }, mine: { partner: me.id }, late: { dueAt: { $lt: now }, closedAt: null } },
  groups: ['status', 'createdAt:month'],
})
const sppForm = patchView(ticketForm, [
  { after: 'customer', insert: [{ group: 'programme', of: ['dueAt'] }] },
  { in: 'sub', insert: ['dueAt'] },
  { hide: close },
])
export default defineModule({
  name: 'x',
  models: [Ticket],
  actions: [close],
  data: [status],
  views: [
    ticketForm,
    ticketSearch,
    sppForm,
    patchView(sppForm, { in: 'programme', insert: ['subject'] }),
    patch(Ticket, { form: { after: 'partner', insert: ['dueAt'] }, list: { hide: 'dueAt' } }),
    list(Ticket, ['number', { field: 'dueAt', tones: { danger: { dueAt: { $lt: ago({ days: 1 }) } } } }]),
    kanban(Ticket, { by: 'status', card: ['subject'] }),
  ],
  permissions: [agent.can(['read', close], Ticket, { partner: me.id, status: status.new, priority: { $in: ['low'] } }, ['subject'])],
  events: [after(Ticket, close, (t, { records }) => records.get(Partner, t.partner.id)), after(Ticket, ['dueAt'], () => {})],
})
export const q = async (records: import('@tessera/core').Records) => {
  const { rows } = await records.query(Ticket, { fields: ['subject', 'partner.email', 'status'], where: { tags: { name: 'x' } } })
  const e: string | null = rows[0]!.partner.email
  const l: string = rows[0]!.status.label
  const t = await records.create(Ticket, { subject: 'x', status: status.new, partner: 'id', number: '1' })
  return [e, l, t.partner.name, new UserError('a', 'b'), extend, show(Partner, { new: true, defaults: { name: 'x' } })]
}
