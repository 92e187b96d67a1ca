/** A distributor with two dealers behind real doors: what the stories of the dealership happen in. */
import { Team, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { Branch, Brand, City, Company, Country, dealerSource, departmentService, Region } from '@tessera/dealership'
import { Partner } from '@tessera/partner'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a story reads whatever JSON it was answered.
  readonly body: any
}

/** Whose key is sent, by the part that he plays. */
export type Part =
  | 'distributor'
  | 'dealer'
  | 'dealerManager'
  | 'branch'
  | 'otherDealer'
  | 'customer'
  | 'website'
  | 'app'
  | 'chatbot'
  | 'identity'
  | 'administrator'

export interface World {
  readonly app: TestApp
  readonly address: string
  readonly system: Services
  readonly people: Readonly<Record<Part, SignedIn>>
  /** The customer's partner. */
  readonly partner: string
  readonly companies: { readonly distributor: string; readonly tigris: string; readonly zagros: string }
  readonly branches: { readonly head: string; readonly karrada: string; readonly parts: string; readonly erbil: string }
  readonly teams: { readonly karradaSales: string; readonly tigrisCalls: string; readonly erbilSales: string; readonly headCare: string }
  ask(part: Part | null, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

export async function openWorld(
  postgresUrl: string,
  modules: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<World> {
  const app = await bootTest(postgresUrl, modules, env)
  const address = await app.listen()
  const system = await app.servicesFor({ door: 'system' })
  const { records } = system
  const make = async <T extends { id: string }>(made: Promise<T>) => (await made).id

  const country = await make(records.create(Country, { code: 'IQ', name: 'Iraq', externalId: 'c-1' }))
  const region = await make(records.create(Region, { code: 'IQ-BG', name: 'Baghdad Governorate', country, externalId: 'r-1' }))
  const city = await make(records.create(City, { code: 'BGW', name: 'Baghdad', region, externalId: '101' }))
  await records.create(Brand, { code: 'toyota', name: 'Toyota', externalId: 'b-1' })
  const company = (code: string, name: string, kind: 'distributor' | 'dealer') =>
    make(records.create(Company, { code, name, kind, externalId: code }))
  const companies = {
    distributor: await company('nahrain', 'Nahrain Motors', 'distributor'),
    tigris: await company('tigris', 'Tigris Cars', 'dealer'),
    zagros: await company('zagros', 'Zagros Auto', 'dealer'),
  }
  const { test_drive, new_vehicle_sale, repair, quick_repair, parts_counter_sale } = departmentService
  const branch = (externalId: string, code: string, name: string, of: string, services: (typeof test_drive)[]) =>
    make(records.create(Branch, { externalId, code, name, company: of, city, services, zone: 'Asia/Baghdad' }))
  const branches = {
    head: await branch('201', 'nahrain-head', 'Head Office', companies.distributor, [new_vehicle_sale, test_drive, repair]),
    karrada: await branch('202', 'tigris-karrada', 'Tigris Karrada', companies.tigris, [new_vehicle_sale, test_drive, repair]),
    parts: await branch('203', 'tigris-parts', 'Tigris Parts', companies.tigris, [parts_counter_sale, quick_repair]),
    erbil: await branch('204', 'zagros-erbil', 'Zagros Erbil', companies.zagros, [new_vehicle_sale, test_drive, repair]),
  }
  const teams = {
    karradaSales: await make(records.create(Team, { name: 'Karrada Sales', branch: branches.karrada })),
    tigrisCalls: await make(records.create(Team, { name: 'Tigris Calls', company: companies.tigris })),
    erbilSales: await make(records.create(Team, { name: 'Erbil Sales', branch: branches.erbil })),
    headCare: await make(records.create(Team, { name: 'Customer Care', branch: branches.head })),
  }
  const partner = await make(records.create(Partner, { name: 'Layla Hassan', email: 'layla@mail.example', phone: '+9647701234567' }))
  const external = (source: { readonly '~shipped': string }) => signedInAs(app, 'intake', { intakeSource: source })
  const people: Record<Part, SignedIn> = {
    distributor: await signedInAs(app, 'distributorAgent', { branch: branches.head, name: 'Dalia Distributor' }),
    dealer: await signedInAs(app, 'dealerAgent', { branch: branches.parts, name: 'Tariq Tigris' }),
    dealerManager: await signedInAs(app, 'dealerManager', { branch: branches.parts, name: 'Mona Manager' }),
    branch: await signedInAs(app, 'branchAgent', { branch: branches.karrada, name: 'Basim Branch' }),
    otherDealer: await signedInAs(app, 'dealerAgent', { branch: branches.erbil, name: 'Zara Zagros' }),
    customer: await signedInAs(app, 'customer', { partner }),
    website: await external(dealerSource.website),
    app: await external(dealerSource.mobile_app),
    chatbot: await external(dealerSource.chatbot),
    identity: await signedInAs(app, 'identitySystem'),
    administrator: await signedInAs(app, 'administrator'),
  }
  await records.update(Team, teams.karradaSales, { members: [people.branch.user] })
  await records.update(User, people.customer.user, { email: 'layla@mail.example' })

  return {
    app,
    address,
    system,
    people,
    partner,
    companies,
    branches,
    teams,
    async ask(part, method, path, body, headers = {}) {
      const response = await fetch(new URL(path, address), {
        method,
        headers: {
          ...(part !== null && { authorization: `Bearer ${people[part].key}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        redirect: 'manual',
      })
      const text = await response.text()
      const said = /^[[{]/.test(text) ? JSON.parse(text) : text
      // One record is answered as `{ data: { … } }`.
      const isRecord = typeof said?.data === 'object' && !Array.isArray(said.data)
      return { status: response.status, headers: response.headers, body: isRecord ? said.data : said }
    },
  }
}
