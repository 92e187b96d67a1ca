import { extend, type Fields, given, p } from '@tessera/core'
import { Ticket } from '@tessera/ticket'
import { Branch } from '../network/branch.model.ts'
import { Company } from '../network/company.model.ts'
import { Brand, City } from '../network/place.model.ts'
import { RecallFinding } from '../ssc/finding.model.ts'
import { placed } from './placement.ts'
import { isVin } from './vin.ts'

const fields = {
  dealerCompany: () => p.manyToOne(Company).nullable(),
  dealerBranch: () => p.manyToOne(Branch).nullable(),
  dealerLevel: p.enum(['unassigned', 'dealer', 'branch', 'team']).persist(false),
  dealerTopic: p.string().nullable(),
  dealerVehicle: p.string().nullable(),
  dealerVin: p.string().nullable(),
  dealerQuotation: p.enum(['buy', 'sell', 'trade']).nullable(),
  dealerPayment: p.string().nullable(),
  dealerOwnVehicle: p.string().nullable(),
  dealerCurrentVehicle: p.string().nullable(),
  dealerCurrentBrand: p.string().nullable(),
  dealerCurrentModel: p.string().nullable(),
  dealerAppointmentAt: p.datetime().nullable(),
  dealerCity: () => p.manyToOne(City).nullable(),
  dealerBrand: () => p.manyToOne(Brand).nullable(),
  dealerContactTime: p.string().nullable(),
  dealerFindings: () => p.oneToMany(RecallFinding).mappedBy('ticket'),
  dealerUtmSource: p.string().nullable(),
  dealerUtmMedium: p.string().nullable(),
  dealerUtmCampaign: p.string().nullable(),
  dealerUtmTerm: p.string().nullable(),
  dealerUtmContent: p.string().nullable(),
  dealerGclid: p.string().nullable(),
  dealerFbclid: p.string().nullable(),
  dealerAdditional: p.json().$type<unknown>().nullable(),
}
declare module '@tessera/ticket' {
  interface Ticket extends Fields<typeof fields> {}
}

/** What the five types carry, and where in the network a ticket lies. */
export const ticketExtension = extend(Ticket, fields, {
  fields: {
    dealerCompany: { label: 'Company', tracked: true, where: { active: true } },
    dealerBranch: { label: 'Branch', tracked: true, where: { active: true } },
    dealerLevel: {
      label: 'Assignment',
      help: 'How far it was handed on. It follows from company, branch and team.',
      options: { unassigned: 'Unassigned', dealer: 'Assigned to Dealer', branch: 'Assigned to Branch', team: 'Assigned to Team' },
      sql: ({ team, dealerBranch, dealerCompany }) =>
        `case when ${team} is not null then 'team' when ${dealerBranch} is not null then 'branch' ` +
        `when ${dealerCompany} is not null then 'dealer' else 'unassigned' end`,
    },
    dealerTopic: { label: 'Kind of inquiry', help: 'For example part inquiry, sales campaign, service campaign, instalment payment.' },
    dealerVehicle: {
      label: 'Vehicle',
      tracked: true,
      help: 'The model that it is about.',
      required: { type: { code: { $in: ['vehicle_quotation', 'test_drive'] } } },
    },
    dealerVin: {
      label: 'VIN',
      tracked: true,
      required: { type: { code: 'ssc_inquiry' } },
      help: 'The 17 characters of the vehicle identification number.',
    },
    dealerQuotation: {
      label: 'Quotation for',
      options: { buy: 'Buying', sell: 'Selling', trade: 'Trading in' },
      tracked: true,
      required: { type: { code: 'vehicle_quotation' } },
    },
    dealerPayment: { label: 'Preferred payment' },
    dealerOwnVehicle: { label: 'Owns a vehicle' },
    dealerCurrentVehicle: { label: 'Current or trade-in vehicle' },
    dealerCurrentBrand: { label: 'Current brand' },
    dealerCurrentModel: { label: 'Current model' },
    dealerAppointmentAt: { label: 'Appointment', tracked: true, required: { type: { code: { $in: ['service_booking', 'test_drive'] } } } },
    dealerCity: { label: 'City' },
    dealerBrand: { label: 'Brand' },
    dealerContactTime: { label: 'Preferred contact time' },
    dealerFindings: { label: 'Recalls found' },
    dealerUtmSource: { label: 'Campaign source' },
    dealerUtmMedium: { label: 'Campaign medium' },
    dealerUtmCampaign: { label: 'Campaign' },
    dealerUtmTerm: { label: 'Campaign term' },
    dealerUtmContent: { label: 'Campaign content' },
    dealerGclid: { label: 'Google click id' },
    dealerFbclid: { label: 'Facebook click id' },
    dealerAdditional: { label: 'Additional data', help: 'What the form that filed it sent besides.' },
  },
  checks: {
    dealer_vin: {
      holds: given(['dealerVin'], ({ dealerVin }) => dealerVin === null || isVin(dealerVin)),
      else: '"{dealerVin}" is no vehicle identification number: it has 17 characters without I, O and Q, and its ninth must fit the others. Read it again from the papers or the windscreen.',
    },
    dealer_appointment_ahead: {
      holds: given(['dealerAppointmentAt'], ({ dealerAppointmentAt }, { now }) => !dealerAppointmentAt || dealerAppointmentAt > now),
      else: 'The appointment must lie in the future. Choose a later day or time.',
    },
    dealer_what_is_serviced: {
      holds: { $or: [{ dealerVehicle: { $ne: null } }, { dealerVin: { $ne: null } }, { type: { code: { $ne: 'service_booking' } } }] },
      else: 'A service booking says which vehicle it is for: its model or its VIN.',
    },
  },
  around: placed,
})
