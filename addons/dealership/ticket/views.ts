import { me, patch, patchView } from '@tessera/core'
import { assign, Ticket, ticketForm } from '@tessera/ticket'
import { giveBack, handOver } from './actions.ts'

const type = (...codes: string[]) => ({ type: { code: { $nin: codes } } })
const noQuotation = type('vehicle_quotation')
const noAppointment = type('service_booking', 'test_drive')
const noVehicle = type('vehicle_quotation', 'service_booking', 'test_drive')
const noVin = type('ssc_inquiry', 'service_booking')
const noDealerType = type('general_inquiry', 'vehicle_quotation', 'ssc_inquiry', 'service_booking', 'test_drive')

/** A tab with what else the type carries, and for an SSC inquiry one with the recalls that staff found. */
export const formPatch = patchView(ticketForm, {
  after: 'details',
  insert: [
    {
      tab: 'dealerFacts',
      label: 'Request',
      of: [
        { field: 'dealerPayment', hidden: noQuotation },
        { field: 'dealerOwnVehicle', hidden: noQuotation },
        { field: 'dealerCurrentVehicle', hidden: noQuotation },
        { field: 'dealerCurrentBrand', hidden: noQuotation },
        { field: 'dealerCurrentModel', hidden: noQuotation },
        { field: 'dealerCity', hidden: noDealerType },
        { field: 'dealerBrand', hidden: noDealerType },
        { field: 'dealerContactTime', hidden: noDealerType },
      ],
    },
    {
      tab: 'dealerRecalls',
      label: 'Recalls found',
      of: [{ field: 'dealerFindings', list: ['code', 'description', 'repaired'], hidden: type('ssc_inquiry') }],
    },
  ],
})

/** Facts of the type, the place in the network, and where a campaign brought the customer from. */
export const ticketPatch = patch(Ticket, {
  form: [
    {
      after: 'source',
      insert: [
        { field: 'dealerTopic', hidden: type('general_inquiry') },
        { field: 'dealerVehicle', hidden: noVehicle },
        { field: 'dealerVin', hidden: noVin },
        { field: 'dealerQuotation', hidden: noQuotation },
        { field: 'dealerAppointmentAt', hidden: noAppointment },
      ],
    },
    {
      before: 'team',
      insert: [{ field: 'dealerLevel', as: 'badge' }, 'dealerCompany', 'dealerBranch'],
    },
    {
      after: 'externalId',
      insert: (
        [
          'dealerUtmSource',
          'dealerUtmMedium',
          'dealerUtmCampaign',
          'dealerUtmTerm',
          'dealerUtmContent',
          'dealerGclid',
          'dealerFbclid',
          'dealerAdditional',
        ] as const
      ).map((field) => ({ field, readonly: true, hidden: { [field]: null } })),
    },
    { after: assign, insert: [handOver, giveBack] },
  ],
  list: [
    { after: 'status', insert: [{ field: 'dealerLevel', as: 'badge', tones: { warning: { dealerCompany: null, team: null } } }] },
    {
      before: 'team',
      insert: [
        'dealerCompany',
        { field: 'dealerBranch', optional: 'shown' },
        { field: 'dealerVehicle', optional: 'hidden' },
        { field: 'dealerVin', optional: 'hidden' },
        { field: 'dealerAppointmentAt', optional: 'hidden' },
      ],
    },
    // The level says that there is a team; which one is a column to choose.
    { set: 'team', to: { optional: 'hidden' } },
  ],
  kanban: { after: 'partner', insert: ['type', 'dealerCompany', 'dealerBranch'] },
  search: {
    texts: ['dealerVin', 'dealerVehicle'],
    filters: {
      toReview: { dealerCompany: null, team: null, status: { category: { $ne: 'closed' } } },
      myCompany: { dealerCompany: me.companyId },
      myBranch: { dealerBranch: me.branchId },
      myTeams: { team: me.teamIds },
    },
    groups: ['dealerLevel', 'dealerCompany', 'dealerBranch', 'dealerAppointmentAt:day'],
    facets: ['dealerLevel', 'dealerCompany', 'dealerBranch', 'dealerQuotation', 'dealerCity', 'dealerBrand'],
  },
})
