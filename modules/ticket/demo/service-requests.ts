import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import { newYorkInstant } from './new-york-time.ts'

/** One request of the file, in the words of the ticket desk. Instants are UTC. */
export interface ServiceRequest {
  readonly key: string
  readonly subject: string
  readonly description: string
  readonly agency: string
  readonly borough: string | undefined
  readonly channel: 'web' | 'mobile' | 'phone' | undefined
  readonly type: 'inquiry' | 'request' | 'complaint'
  readonly priority: 'low' | 'medium' | 'high' | 'urgent'
  readonly createdAt: Date
  /** What became of it, and when; undefined while it is as it was filed. */
  readonly became: { readonly status: 'in_progress' | 'closed'; readonly at: Date } | undefined
}

/** The 1,000 service requests of New York City of one night in April 2024, oldest first. */
export async function readServiceRequests(): Promise<readonly ServiceRequest[]> {
  const text = await readFile(new URL('./service-requests-311.csv', import.meta.url), 'utf8')
  const rows = z.array(row).parse(parse(text, { columns: true }))
  return rows.map(requestOf).sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || a.key.localeCompare(b.key))
}

const row = z.object({
  unique_key: z.string(),
  created_date: z.string(),
  closed_date: z.string(),
  resolution_action_updated_date: z.string(),
  agency: z.string(),
  agency_name: z.string(),
  complaint_type: z.string(),
  descriptor: z.string(),
  location_type: z.string(),
  incident_address: z.string(),
  incident_zip: z.string(),
  street_name: z.string(),
  intersection_street_1: z.string(),
  intersection_street_2: z.string(),
  borough: z.string(),
  status: z.enum(['Open', 'In Progress', 'Assigned', 'Closed']),
  resolution_description: z.string(),
  open_data_channel_type: z.enum(['ONLINE', 'MOBILE', 'PHONE', 'UNKNOWN']),
})
type Row = z.infer<typeof row>

function requestOf(row: Row): ServiceRequest {
  const borough = row.borough === 'Unspecified' ? undefined : titleCase(row.borough)
  return {
    key: row.unique_key,
    subject: subjectOf(row, borough),
    description: descriptionOf(row, borough),
    agency: row.agency_name,
    borough,
    channel: channels[row.open_data_channel_type],
    type: typeOf(row),
    priority: priorities.get(row.complaint_type) ?? 'medium',
    createdAt: newYorkInstant(row.created_date),
    became: becameOf(row),
  }
}

const channels = { ONLINE: 'web', MOBILE: 'mobile', PHONE: 'phone', UNKNOWN: undefined } as const

/** The file knows only the last change of a request; where it says no time, it is the time of filing. */
function becameOf(row: Row): ServiceRequest['became'] {
  if (row.status === 'Open') return undefined
  const isClosed = row.status === 'Closed'
  const at = (isClosed && row.closed_date) || row.resolution_action_updated_date || row.created_date
  return { status: isClosed ? 'closed' : 'in_progress', at: newYorkInstant(at) }
}

/** The file does not say; whoever reports what others do or what a landlord owes complains, the rest asks for something to be done. */
function typeOf({ agency, complaint_type }: Row): ServiceRequest['type'] {
  if (complaint_type === 'Lost Property') return 'inquiry'
  return ['NYPD', 'HPD', 'TLC', 'DCWP'].includes(agency) || complaint_type.startsWith('Noise') ? 'complaint' : 'request'
}

/** The file does not say either: danger first, cold homes next, paint last. */
const priorities = new Map<string, ServiceRequest['priority']>([
  ['Non-Emergency Police Matter', 'urgent'],
  ['Traffic Signal Condition', 'urgent'],
  ['SAFETY', 'urgent'],
  ['HEAT/HOT WATER', 'high'],
  ['ELECTRIC', 'high'],
  ['WATER LEAK', 'high'],
  ['Homeless Person Assistance', 'high'],
  ['Street Light Condition', 'high'],
  ['PAINT/PLASTER', 'low'],
  ['FLOORING/STAIRS', 'low'],
  ['Graffiti', 'low'],
  ['New Tree Request', 'low'],
  ['Abandoned Bike', 'low'],
])

/** `Residential noise: loud music/party, East 96 Street`. */
function subjectOf(row: Row, borough: string | undefined): string {
  const concern = concernOf(row.complaint_type)
  const detail = detailOf(row.descriptor)
  const corner = [row.intersection_street_1, row.intersection_street_2].filter(Boolean).map(titleCase).join(' and ')
  const place = titleCase(row.street_name) || corner || borough
  const isNew = detail && !['n/a', 'other', concern.toLowerCase()].includes(detail)
  return [isNew ? `${concern}: ${detail}` : concern, place].filter(Boolean).join(', ')
}

/** `Noise - Residential` is residential noise, `HEAT/HOT WATER` is heat/hot water. */
function concernOf(complaintType: string): string {
  const words = complaintType.toLowerCase().split(' - ').reverse().join(' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Without the agencies' codes and without the word that the complaint's type has said. */
function detailOf(descriptor: string): string {
  return descriptor
    .replaceAll(/\([^)]*\)/g, '')
    .replace(/^Noise[:,] /, '')
    .trim()
    .toLowerCase()
}

function descriptionOf(row: Row, borough: string | undefined): string {
  const kind = row.location_type && `(${row.location_type.toLowerCase()})`
  const address = [titleCase(row.incident_address), [borough, row.incident_zip].filter(Boolean).join(' ')].filter(Boolean).join(', ')
  const where = [address, kind].filter(Boolean).join(' ')
  return [row.descriptor, where && `Place: ${where}`, row.resolution_description].filter(Boolean).join('\n\n')
}

function titleCase(capitals: string): string {
  return capitals.toLowerCase().replaceAll(/(^|[\s/-])[a-z]/g, (start) => start.toUpperCase())
}
