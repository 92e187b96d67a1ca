/** `tessera demo dealership`: a distributor's desk in the middle of its work. */
import { User } from '@tessera/base'
import { command, type Draft, type Records, type Services } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Message } from '@tessera/thread'
import { close, move, rate, source, Ticket, TicketPriority, TicketStatus } from '@tessera/ticket'
import { Company } from '../network/company.model.ts'
import { RecallFinding } from '../ssc/finding.model.ts'
import { AuthorizedVehicle, SscRecord } from '../ssc/record.model.ts'
import { type DealerType, dealerSource, dealerType } from '../ticket/rows.ts'
import { checkDigitOf } from '../ticket/vin.ts'
import { type DemoBranch, type DemoNetwork, demoNetwork } from './network.ts'
import { writePolicies } from './service-levels.ts'
import { answers, matters, people, questions, vehicles } from './words.ts'

export const demoDealership = command('demo dealership', {
  help: 'Add an invented distributor with eight dealers, their people and 360 tickets in every state.',
  run: (_, services) => loadDealership(services),
})

const most = 360
const days = 120

/** Everything at its own time, up to now. A second time there is nothing to add. */
export async function loadDealership(
  services: Services,
): Promise<{ readonly tickets: number; readonly branches: number; readonly partners: number }> {
  const records = services.asSystem('Demonstration data belongs to nobody.')
  if (await records.find(Company, { code: 'nahrain' })) return { tickets: 0, branches: 0, partners: 0 }
  const now = services.context.now.getTime()
  const [network, partners] = await records.transaction(async () => {
    const made = await demoNetwork(records.at(new Date(now - (days + 30) * dayMs)), services)
    await recalls(records)
    await writePolicies(services, records)
    return [made, await customers(records.at(new Date(now - (days + 5) * dayMs)), services)] as const
  })
  const codes = new Map((await records.query(TicketStatus, { fields: ['code'], limit: 200 })).rows.map(({ id, code }) => [code, id]))
  const levels = (await records.query(TicketPriority, { fields: ['code'], order: { level: 'asc' } })).rows.map(({ code }) => code)
  const setting = { records, network, partners, codes, levels, now }
  for (let at = 0; at < most; at++) {
    const filedAt = new Date(now - Math.round(((most - at) / most) * days * dayMs) + (at % 9) * hourMs)
    await records.transaction(() => story(setting, at, new Date(Math.min(filedAt.getTime(), now - hourMs))))
  }
  return { tickets: most, branches: network.branches.length, partners: partners.length }
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const types: readonly DealerType[] = [
  'general_inquiry',
  'vehicle_quotation',
  'service_booking',
  'test_drive',
  'general_inquiry',
  'ssc_inquiry',
  'service_booking',
]
const sources = [dealerSource.website, dealerSource.website, dealerSource.mobile_app, dealerSource.chatbot, source.web, source.phone]

interface Setting {
  readonly records: Records
  readonly network: DemoNetwork
  readonly partners: readonly string[]
  readonly codes: ReadonlyMap<string, string>
  readonly levels: readonly string[]
  readonly now: number
}

/** One ticket from its filing to where it stands today. */
async function story(setting: Setting, at: number, filedAt: Date): Promise<void> {
  const { records, network, partners, codes, levels, now } = setting
  const type = types[at % types.length]!
  const branch = branchFor(network.branches, type, at)
  const ticket = await records.at(filedAt).create(Ticket, {
    ...factsOf(type, at, filedAt),
    type: dealerType[type],
    partner: partners[(at * 7) % partners.length]!,
    source: sources[at % sources.length]!,
    priority: { code: levels[[1, 1, 2, 1, 0, 3][at % 6]! % levels.length]! },
    dealerBrand: network.brands[at % network.brands.length]!,
    dealerCity: branch.city,
    ...(at % 4 === 0 && {
      dealerUtmSource: 'newsletter',
      dealerUtmMedium: 'mail',
      dealerUtmCampaign: at % 8 === 0 ? 'spring-offers' : 'service-weeks',
    }),
  })
  const later = (hours: number) => new Date(Math.min(filedAt.getTime() + hours * hourMs, now - 60_000))
  // The newest are not reviewed yet; a few old ones were forgotten.
  const isFresh = at > most - 25 || at % 41 === 0
  if (isFresh) return
  await records.at(later(1 + (at % 5))).update(Ticket, ticket.id, placeOf(network, branch, at))
  if (at % 11 === 0) return
  await records.at(later(6 + (at % 12))).act(move, ticket.id, { status: codes.get('in_progress')! })
  await say(setting, ticket.id, 'staff', answers[at % answers.length]!, later(7 + (at % 20)), branch.agents[at % branch.agents.length]!)
  await records.at(later(7 + (at % 20))).update(Ticket, ticket.id, { firstRepliedAt: later(7 + (at % 20)) })
  if (at % 3 === 0) await say(setting, ticket.id, 'customer', questions[at % questions.length]!, later(30), null)
  if (at % 5 === 0)
    await note(setting, ticket.id, 'Called twice, nobody answered. Trying again in the evening.', later(34), branch.agents[0]!)
  const end = at % 10
  if (end === 3 && at > most / 2) await records.at(later(40)).act(move, ticket.id, { status: codes.get('pending')! })
  else if (end === 7 && at > most / 2) await records.at(later(40)).act(move, ticket.id, { status: codes.get('on_hold')! })
  else if (at < most * 0.8) await finish(setting, ticket.id, type, at, later(48 + (at % 96)))
}

async function finish({ records, codes }: Setting, ticket: string, type: DealerType, at: number, when: Date): Promise<void> {
  const then = records.at(when)
  if (type === 'ssc_inquiry' && at % 2 === 0)
    await then.create(RecallFinding, {
      ticket,
      code: `21TA${String(at % 90).padStart(2, '0')}`,
      description: 'Fuel pump may stop while driving',
      repaired: at % 4 === 0,
    })
  const isUnresolved = at % 13 === 0
  await then.act(close, ticket, {
    status: codes.get(isUnresolved ? 'unresolved' : 'resolved')!,
    reason: isUnresolved ? 'Not available in this country' : 'Done',
  })
  if (at % 2 === 0 && !isUnresolved)
    await records.at(new Date(when.getTime() + 1_000)).act(rate, ticket, { rating: [5, 4, 5, 3, 5, 4, 2][at % 7]! })
}

function placeOf(
  network: DemoNetwork,
  branch: DemoBranch,
  at: number,
): { dealerCompany?: string; dealerBranch?: string; team?: string; assignee?: string } {
  const assignee = branch.agents[at % branch.agents.length]!
  if (at % 17 === 0) return { dealerCompany: network.distributor, assignee: network.reviewers[at % network.reviewers.length]! }
  if (at % 6 === 0) return { dealerCompany: branch.company }
  if (at % 3 === 0) return { team: branch.teams[at % branch.teams.length]!, assignee }
  return at % 4 === 0 ? { dealerBranch: branch.id } : { dealerBranch: branch.id, assignee }
}

/** The next branch that offers what the type needs. */
function branchFor(branches: readonly DemoBranch[], type: DealerType, at: number): DemoBranch {
  const fits = branches.filter(({ offers }) =>
    type === 'test_drive'
      ? offers.includes('test_drive')
      : type === 'service_booking'
        ? offers.includes('repair') || offers.includes('quick_repair')
        : true,
  )
  return fits[at % fits.length]!
}

function factsOf(type: DealerType, at: number, filedAt: Date): Pick<Draft<Ticket>, 'subject'> & Partial<Draft<Ticket>> {
  const vehicle = vehicles[at % vehicles.length]!
  const appointment = new Date(filedAt.getTime() + (2 + (at % 6)) * dayMs)
  appointment.setUTCHours(6 + (at % 8), at % 2 === 0 ? 0 : 30, 0, 0)
  const words = matters[type][at % matters[type].length]!
  const subject = words.subject.replace('{vehicle}', vehicle)
  const common = {
    subject,
    description: words.text.replace('{vehicle}', vehicle),
    dealerContactTime: ['morning', 'afternoon', null][at % 3] ?? null,
  }
  switch (type) {
    case 'vehicle_quotation':
      return {
        ...common,
        dealerVehicle: vehicle,
        dealerQuotation: (['buy', 'trade', 'sell'] as const)[at % 3]!,
        dealerPayment: at % 2 === 0 ? 'instalments' : 'cash',
      }
    case 'ssc_inquiry':
      return { ...common, dealerVin: vinOf('JTDB', 5_000 + at) }
    case 'service_booking':
      return { ...common, dealerVehicle: vehicle, dealerAppointmentAt: appointment }
    case 'test_drive':
      return { ...common, dealerVehicle: vehicle, dealerAppointmentAt: appointment }
    default:
      return { ...common, dealerTopic: words.topic ?? null }
  }
}

/** An invented vehicle's number with its right check digit. */
function vinOf(maker: string, serial: number): string {
  const open = `${maker}R3EX0M${String(serial).padStart(7, '0')}`.slice(0, 17).padEnd(17, '0')
  return `${open.slice(0, 8)}${checkDigitOf(open)}${open.slice(9)}`
}

async function recalls(records: Records): Promise<void> {
  const vins = Array.from({ length: 60 }, (_, at) => vinOf('MR0B', at))
  await records.createMany(
    AuthorizedVehicle,
    vins.map((vin, at) => ({ vin, model: vehicles[at % vehicles.length]!, importedOn: `20${18 + (at % 6)}-0${1 + (at % 9)}-15` })),
  )
  await records.createMany(
    SscRecord,
    vins.slice(0, 36).map((vin, at) => ({
      vin,
      code: `2${at % 4}TB${String(10 + (at % 6))}`,
      description: ['Fuel pump may stop while driving', 'Airbag inflator may rupture', 'Brake booster vacuum pump'][at % 3]!,
      repaired: at % 3 === 0,
      repairedOn: at % 3 === 0 ? '2024-05-20' : null,
      externalId: `ssc-${at}`,
    })),
  )
}

async function customers(records: Records, { identity }: Services): Promise<readonly string[]> {
  const ids = await records.createMany(
    Partner,
    people.map((name, at) => ({
      name,
      email: `${name.toLowerCase().replaceAll(' ', '.')}@example.org`,
      phone: `+9647705550${String(at).padStart(3, '0')}`,
      language: ['ar', 'en', 'fr'][at % 3]!,
      invented: true,
    })),
  )
  const { id } = await identity.createUser({ email: 'customer@example.org', name: people[0]!, roles: ['customer'] })
  await records.update(User, id, { partner: ids[0]! })
  return ids
}

async function say(
  { records }: Setting,
  ticket: string,
  sender: 'staff' | 'customer',
  body: string,
  at: Date,
  author: string | null,
): Promise<void> {
  const { partner } = await records.get(Ticket, ticket)
  await records.at(at).create(Message, { ticket, kind: 'public', body, sender, author, partner: sender === 'customer' ? partner.id : null })
}

async function note({ records }: Setting, ticket: string, body: string, at: Date, author: string): Promise<void> {
  await records.at(at).create(Message, { ticket, kind: 'note', body, sender: 'staff', author })
}
