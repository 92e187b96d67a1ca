/** An invented network: a distributor with eight dealers in Iraq, with branches, teams and people. */
import { Team, User } from '@tessera/base'
import type { Records, Services } from '@tessera/core'
import { Branch } from '../network/branch.model.ts'
import { Company } from '../network/company.model.ts'
import { departmentService } from '../network/department.model.ts'
import { Brand, City, Country, Region } from '../network/place.model.ts'
import { dealerSource } from '../ticket/rows.ts'

export interface DemoBranch {
  readonly id: string
  readonly company: string
  readonly city: string
  readonly offers: readonly Service[]
  readonly teams: readonly string[]
  readonly agents: readonly string[]
}
export interface DemoNetwork {
  readonly distributor: string
  readonly reviewers: readonly string[]
  readonly branches: readonly DemoBranch[]
  readonly brands: readonly string[]
}
export type Service = keyof typeof departmentService

const full: readonly Service[] = [
  'new_vehicle_sale',
  'installment_sales',
  'used_car_sales',
  'test_drive',
  'parts_counter_sale',
  'repair',
  'body_paint',
]
const showroom: readonly Service[] = ['new_vehicle_sale', 'installment_sales', 'test_drive']
const workshop: readonly Service[] = ['parts_counter_sale', 'repair', 'body_paint']
const quick: readonly Service[] = ['quick_repair', 'parts_counter_sale']

const places = [
  { code: 'BG', region: 'Baghdad', cities: ['Baghdad', 'Taji'] },
  { code: 'AR', region: 'Erbil', cities: ['Erbil', 'Soran'] },
  { code: 'BA', region: 'Basra', cities: ['Basra', 'Zubair'] },
  { code: 'NI', region: 'Nineveh', cities: ['Mosul'] },
  { code: 'SU', region: 'Sulaymaniyah', cities: ['Sulaymaniyah'] },
  { code: 'NA', region: 'Najaf', cities: ['Najaf'] },
]

/** Each company: its code, which is also where its people's addresses end, its name, and its branches. */
const companies: readonly {
  readonly code: string
  readonly name: string
  readonly branches: readonly (readonly [string, string, readonly Service[]])[]
}[] = [
  {
    code: 'nahrain',
    name: 'Nahrain Motors',
    branches: [
      ['Head Office', 'Baghdad', full],
      ['Erbil Office', 'Erbil', showroom],
    ],
  },
  {
    code: 'tigris',
    name: 'Tigris Cars',
    branches: [
      ['Karrada', 'Baghdad', full],
      ['Mansour', 'Baghdad', showroom],
      ['Taji', 'Taji', workshop],
    ],
  },
  {
    code: 'zagros',
    name: 'Zagros Auto',
    branches: [
      ['Erbil', 'Erbil', full],
      ['Soran', 'Soran', quick],
    ],
  },
  {
    code: 'basra',
    name: 'Basra Gulf Vehicles',
    branches: [
      ['Basra', 'Basra', full],
      ['Zubair', 'Zubair', quick],
      ['Port', 'Basra', workshop],
    ],
  },
  {
    code: 'ninawa',
    name: 'Ninawa Motors',
    branches: [
      ['Mosul Left Bank', 'Mosul', full],
      ['Mosul Right Bank', 'Mosul', showroom],
    ],
  },
  {
    code: 'shar',
    name: 'Shar Automotive',
    branches: [
      ['Sulaymaniyah', 'Sulaymaniyah', full],
      ['Salim Street', 'Sulaymaniyah', quick],
    ],
  },
  {
    code: 'kufa',
    name: 'Kufa Cars',
    branches: [
      ['Najaf', 'Najaf', full],
      ['Kufa Road', 'Najaf', workshop],
    ],
  },
  {
    code: 'rafidain',
    name: 'Rafidain Trading',
    branches: [
      ['Adhamiya', 'Baghdad', full],
      ['Zayouna', 'Baghdad', showroom],
      ['Dora', 'Baghdad', workshop],
    ],
  },
  {
    code: 'sama',
    name: 'Sama Drive',
    branches: [
      ['Jadriya', 'Baghdad', showroom],
      ['Basra Corniche', 'Basra', showroom],
      ['Erbil Ring', 'Erbil', quick],
    ],
  },
]

const givenNames = [
  'Layla',
  'Omar',
  'Zainab',
  'Hassan',
  'Noor',
  'Karim',
  'Sara',
  'Yousif',
  'Rana',
  'Ali',
  'Dina',
  'Mustafa',
  'Hala',
  'Samir',
  'Aya',
  'Bilal',
]
const familyNames = [
  'Haddad',
  'Aziz',
  'Salman',
  'Rashid',
  'Kadhim',
  'Barzani',
  'Jabbar',
  'Hamid',
  'Qasim',
  'Najim',
  'Saleh',
  'Darwish',
  'Fadhil',
]

/** Makes the network. Nobody has a password yet: `tessera user passwd distributor@example.org`, or a sign-in link by mail. */
export async function demoNetwork(records: Records, { identity }: Services): Promise<DemoNetwork> {
  const country = (await records.create(Country, { code: 'IQ', name: 'Iraq', externalId: 'country-1' })).id
  const cities = new Map<string, string>()
  for (const { code, region, cities: names } of places) {
    const { id } = await records.create(Region, { code: `IQ-${code}`, name: region, country, externalId: `region-${code}` })
    for (const name of names)
      cities.set(
        name,
        (await records.create(City, { code: name.toLowerCase(), name, region: id, externalId: `${100 + cities.size + 1}` })).id,
      )
  }
  const brands = await records.createMany(Brand, [
    { code: 'toyota', name: 'Toyota', externalId: 'brand-1' },
    { code: 'lexus', name: 'Lexus', externalId: 'brand-2' },
  ])
  let people = 0
  const person = async (email: string, role: string, branch: string): Promise<string> => {
    const name = `${givenNames[people % givenNames.length]} ${familyNames[(people * 5) % familyNames.length]}`
    people += 1
    const { id } = await identity.createUser({ email, name, roles: [role] })
    await records.update(User, id, { branch, zone: 'Asia/Baghdad' })
    return id
  }

  const branches: DemoBranch[] = []
  const reviewers: string[] = []
  let distributor = ''
  for (const { code, name, branches: own } of companies) {
    const isDistributor = code === 'nahrain'
    const company = (
      await records.create(Company, { code, name, kind: isDistributor ? 'distributor' : 'dealer', brands, externalId: `company-${code}` })
    ).id
    if (isDistributor) distributor = company
    for (const [place, city, offers] of own) {
      const slug = `${code}-${place.toLowerCase().replaceAll(' ', '-')}`
      const at = branches.length + 1
      const { id } = await records.create(Branch, {
        code: slug,
        name: `${name} ${place}`,
        company,
        city: cities.get(city)!,
        phone: `+964 770 555 ${String(100 + at).padStart(4, '0')}`,
        email: `${slug}@example.org`,
        zone: 'Asia/Baghdad',
        services: offers.map((service) => departmentService[service]),
        externalId: `${200 + at}`,
      })
      const ofCompany = branches.filter((each) => each.company === company).length
      const number = ofCompany === 0 ? '' : `${ofCompany + 1}`
      const agents = isDistributor
        ? [await person(`distributor${number}@example.org`, 'distributorAgent', id)]
        : [
            await person(`agent${number}@${code}.example.org`, 'branchAgent', id),
            await person(`advisor${number}@${code}.example.org`, 'branchAgent', id),
          ]
      if (isDistributor) reviewers.push(...agents)
      else if (ofCompany === 0) {
        await person(`dealer@${code}.example.org`, 'dealerAgent', id)
        await person(`manager@${code}.example.org`, 'dealerManager', id)
      }
      const teams = await records.createMany(
        Team,
        [offers.includes('test_drive') ? 'Sales' : 'Service', ...(offers === full ? ['Workshop'] : [])].map((team) => ({
          name: `${name} ${place}: ${team}`,
          branch: id,
          leader: agents[0]!,
          members: agents,
        })),
      )
      branches.push({ id, company, city: cities.get(city)!, offers, teams, agents })
    }
  }
  for (const [email, name, source] of [
    ['website@example.org', 'Website', dealerSource.website],
    ['app@example.org', 'Mobile app', dealerSource.mobile_app],
    ['chatbot@example.org', 'Chatbot', dealerSource.chatbot],
  ] as const) {
    const { id } = await identity.createUser({ email, name, roles: ['intake'] })
    await records.update(User, id, { intakeSource: source })
  }
  await identity.createUser({ email: 'identity@example.org', name: 'Identity System', roles: ['identitySystem'] })
  return { distributor, reviewers, branches, brands }
}
