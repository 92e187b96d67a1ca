import { data, extend, type Fields, p, patch } from '@tessera/core'
import { TicketSource, TicketStatus, TicketType } from '@tessera/ticket'
import { DepartmentService, departmentService } from '../network/department.model.ts'

const fields = { dealerServices: () => p.manyToMany(DepartmentService) }
declare module '@tessera/ticket' {
  interface TicketType extends Fields<typeof fields> {}
}

/** What a type asks of a branch: a ticket of it goes only where one of these services is offered. */
export const typeExtension = extend(TicketType, fields, {
  fields: {
    dealerServices: {
      label: 'Services of the branch',
      help: 'A ticket of this type goes only to a branch that offers one of these. Empty: to every branch.',
    },
  },
})
export const typePatch = patch(TicketType, { list: { after: 'name', insert: [{ field: 'dealerServices', as: 'tags' }] } })

export const dealerType = data(TicketType, {
  general_inquiry: { code: 'general_inquiry', name: { en: 'General Inquiry', fr: 'Demande générale', ar: 'استفسار عام' }, rank: 11 },
  vehicle_quotation: {
    code: 'vehicle_quotation',
    name: { en: 'Vehicle Quotation', fr: 'Devis de véhicule', ar: 'عرض سعر مركبة' },
    rank: 12,
  },
  ssc_inquiry: {
    code: 'ssc_inquiry',
    name: { en: 'SSC Inquiry', fr: 'Demande de rappel (SSC)', ar: 'استفسار حملة استدعاء (SSC)' },
    rank: 13,
  },
  service_booking: {
    code: 'service_booking',
    name: { en: 'Service Booking', fr: 'Rendez-vous atelier', ar: 'حجز صيانة' },
    rank: 14,
    dealerServices: [departmentService.repair, departmentService.quick_repair],
  },
  test_drive: {
    code: 'test_drive',
    name: { en: 'Test Drive', fr: 'Essai routier', ar: 'تجربة قيادة' },
    rank: 15,
    dealerServices: [departmentService.test_drive],
  },
})
/** The codes of the five types. */
export type DealerType = keyof typeof dealerType

/** Beside New, In progress, On hold, Pending customer and Resolved of the ticket desk. */
export const dealerStatus = data(TicketStatus, {
  unresolved: {
    code: 'unresolved',
    name: { en: 'Unresolved', fr: 'Non résolu', ar: 'غير محلول' },
    category: 'closed',
    outcome: 'failure',
    rank: 35,
  },
})

/** The systems outside that file tickets by the API. Each has a user of its own, who says which of these it is. */
export const dealerSource = data(TicketSource, {
  website: { code: 'website', name: { en: 'API: website', fr: 'API : site web', ar: 'واجهة: الموقع' } },
  mobile_app: { code: 'mobile_app', name: { en: 'API: mobile app', fr: 'API : application mobile', ar: 'واجهة: تطبيق الجوال' } },
  chatbot: { code: 'chatbot', name: { en: 'API: chatbot', fr: 'API : agent conversationnel', ar: 'واجهة: روبوت محادثة' } },
})
