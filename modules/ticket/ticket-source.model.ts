import { data, defineModel, type Fields, list, type Model, p, search, translated } from '@tessera/core'

const fields = {
  code: p.string(),
  name: translated(),
}

/** The channel through which somebody raised a ticket. */
export interface TicketSource extends Fields<typeof fields> {}
export const TicketSource: Model<TicketSource> = defineModel('ticketSource', fields, {
  title: 'name',
  code: 'code',
  icon: 'inbox',
  order: { code: 'asc' },
  unique: { code: { of: ['code'], else: 'There is already a source with the code "{code}".' } },
})

export const source = data(TicketSource, {
  web: { code: 'web', name: 'Web' },
  mobile: { code: 'mobile', name: 'Mobile app' },
  phone: { code: 'phone', name: 'Phone' },
  email: { code: 'email', name: 'Email' },
  counter: { code: 'counter', name: 'Counter' },
  api: { code: 'api', name: 'API' },
  chat: { code: 'chat', name: 'Chat' },
})

export const ticketSourceViews = [list(TicketSource, ['name', 'code']), search(TicketSource, { texts: ['name', 'code'] })]
