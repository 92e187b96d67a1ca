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
  web: { code: 'web', name: { en: 'Web', fr: 'Web', ar: 'الويب' } },
  mobile: { code: 'mobile', name: { en: 'Mobile app', fr: 'Application mobile', ar: 'تطبيق الجوال' } },
  phone: { code: 'phone', name: { en: 'Phone', fr: 'Téléphone', ar: 'الهاتف' } },
  email: { code: 'email', name: { en: 'Email', fr: 'E-mail', ar: 'البريد الإلكتروني' } },
  counter: { code: 'counter', name: { en: 'Counter', fr: 'Guichet', ar: 'الاستقبال' } },
  api: { code: 'api', name: { en: 'API', fr: 'API', ar: 'واجهة البرمجة' } },
  chat: { code: 'chat', name: { en: 'Chat', fr: 'Messagerie', ar: 'المحادثة' } },
})

export const ticketSourceViews = [list(TicketSource, ['name', 'code']), search(TicketSource, { texts: ['name', 'code'] })]
