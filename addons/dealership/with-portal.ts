/** Where there is a portal, customers file the five types there. */
import type { Extra } from '@tessera/core'
import { mayFill, type PortalForm, portalForm } from '@tessera/portal'

/** The desk's own types say the same less exactly; staff may still choose them. */
const instead = ['inquiry', 'request', 'complaint'].map((type) => portalForm(type, { offered: false }))

const forms: readonly PortalForm[] = [
  portalForm('general_inquiry', {
    icon: 'message',
    fields: ['dealerTopic', 'dealerBrand', 'dealerCity', 'dealerBranch', 'dealerContactTime'],
  }),
  portalForm('vehicle_quotation', {
    icon: 'receipt',
    fields: [
      { field: 'dealerQuotation', required: true },
      { field: 'dealerVehicle', required: true },
      'dealerPayment',
      'dealerCurrentVehicle',
      'dealerCurrentBrand',
      'dealerCurrentModel',
      'dealerCity',
      'dealerBranch',
      'dealerContactTime',
    ],
  }),
  portalForm('ssc_inquiry', { icon: 'alert-triangle', fields: [{ field: 'dealerVin', required: true }, 'dealerContactTime'] }),
  portalForm('service_booking', {
    icon: 'tool',
    fields: [
      'dealerVehicle',
      'dealerVin',
      { field: 'dealerBranch', required: true },
      { field: 'dealerAppointmentAt', required: true },
      'dealerContactTime',
    ],
  }),
  portalForm('test_drive', {
    icon: 'car',
    fields: [
      { field: 'dealerVehicle', required: true },
      { field: 'dealerBranch', required: true },
      { field: 'dealerAppointmentAt', required: true },
      'dealerContactTime',
    ],
  }),
]

const extra: Extra = {
  permissions: mayFill(...forms),
  overrides: {
    portal: (Portal) =>
      class DealershipPortal extends Portal {
        override forms(): readonly PortalForm[] {
          return [...super.forms(), ...instead, ...forms]
        }
      },
  },
}
export default extra
