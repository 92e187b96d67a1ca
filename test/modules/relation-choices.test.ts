/** What a relation may be given is what it declares and what is offered at all, wherever somebody chooses. */
import base, { manager } from '@tessera/base'
import { data, defineModel, defineModule, type Fields, form, given, type Model, p, type Services } from '@tessera/core'
import { signedInAs, type TestApp } from '@tessera/core/testing'
import web from '@tessera/web'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { shippedId } from '../../core/model/shipped.ts'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { listening } from '../../core/testing/listening.ts'
import { type Visitor, visitorAs } from '../../modules/web/server/visitor.ts'
import { deploy } from '../fixtures/versions.ts'
import { type Answer, asked } from '../techniques/workshop.ts'

const depotFields = { name: p.string(), code: p.string(), open: p.boolean().default(true) }
interface Depot extends Fields<typeof depotFields> {}
const Depot: Model<Depot> = defineModel('depot', depotFields, { title: 'name', code: 'code', order: { name: 'asc' } })

const driverFields = { name: p.string(), open: p.boolean().default(true), depot: () => p.manyToOne(Depot) }
interface Driver extends Fields<typeof driverFields> {}
const Driver: Model<Driver> = defineModel('driver', driverFields, { title: 'name', order: { name: 'asc' } })

const tourFields = {
  name: p.string(),
  depot: () => p.manyToOne(Depot),
  driver: () => p.manyToOne(Driver).nullable(),
  stops: () => p.manyToMany(Depot),
}
interface Tour extends Fields<typeof tourFields> {}
const Tour: Model<Tour> = defineModel('tour', tourFields, {
  title: 'name',
  fields: {
    depot: { where: { open: true } },
    driver: { where: given(['depot'], ({ depot }) => ({ depot: depot.id })) },
    stops: { where: { open: true } },
  },
})

const tours = defineModule({
  name: 'tours',
  depends: [base, web],
  models: [Depot, Driver, Tour],
  views: [form(Tour, ['name', 'depot', 'driver', 'stops'])],
  permissions: [Depot, Driver, Tour].map((model) => manager.can(['create', 'read', 'update', 'delete'], model as Model)),
})
/** What it shipped is there and open, and nobody may choose it while it is disabled. */
const night = defineModule({
  name: 'night',
  depends: [tours],
  data: [data(Depot, { night: { name: 'Night depot', code: 'night' } })],
})
const modules = [base, web, tours, night]

let database: TestDatabase
let app: TestApp
let boss: Visitor
let ask: (method: string, path: string, body?: unknown) => Promise<Answer>
let [north, east, closed, ada, bo, tour] = ['', '', '', '', '', '']

beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'))
  await (await deploy(database.url, { modules })).app.close()
  app = listening((await deploy(database.url, { modules, disabled: ['night'] })).app)
  const system: Services = await app.servicesFor({ door: 'system' })
  const depot = async (name: string, open: boolean) => (await system.records.create(Depot, { name, code: name.toLowerCase(), open })).id
  north = await depot('North', true)
  east = await depot('East', true)
  closed = await depot('Closed', false)
  ada = (await system.records.create(Driver, { name: 'Ada', depot: north })).id
  bo = (await system.records.create(Driver, { name: 'Bo', depot: east })).id
  tour = (await system.records.create(Tour, { name: 'Monday', depot: north, stops: [east] })).id
  boss = await visitorAs(app, 'manager')
  ask = asked(await signedInAs(app, 'administrator'))
})
afterAll(async () => {
  await app?.close()
  await database?.drop()
})

/** What a control of this name offers in a page, in its order. */
function offeredIn(html: string, name: string): readonly string[] {
  const select = new RegExp(`<select[^>]* name="${name}"[^>]*>(.*?)</select>`, 's').exec(html)?.[1]
  const options = select?.matchAll(/<option[^>]*value="[^"]+"[^>]*>([^<]*)/g)
  const ticks = html.matchAll(new RegExp(`<input type="checkbox" name="${name}" value="[^"]+"[^>]*>\\s*<span[^>]*>([^<]*)`, 'g'))
  return [...(options ?? ticks)].map(([, label = '']) => label.trim())
}
const names = ({ body }: Answer) => body.data.map((row: { name: string }) => row.name)
const found = async (path: string) => JSON.parse((await boss.get(path)).html).data.map(({ label }: { label: string }) => label)

describe('What a relation may be given', () => {
  it('is offered in its form: by select and by ticks, what it has already beside', async () => {
    const { html } = await boss.get('/tours/new')
    expect(offeredIn(html, 'depot')).toEqual(['East', 'North'])
    expect(offeredIn(html, 'stops')).toEqual(['East', 'North'])
    const stored = (await boss.get(`/tours/${tour}`)).html
    expect(offeredIn(stored, 'driver')).toEqual(['Ada'])
    expect(offeredIn(stored, 'stops')).toEqual(['East', 'North'])
  })

  it('is found by who types, also among the ticks', async () => {
    expect(await found('/tours/options?field=depot&q=')).toEqual(['East', 'North'])
    expect(await found('/tours/options?field=stops&q=o')).toEqual(['North'])
    expect(await found(`/tours/options?field=driver&q=&id=${tour}`)).toEqual(['Ada'])
  })

  it('is offered for many records at once; what follows from each of them is left to its write', async () => {
    const edit = async (field: string, more: Readonly<Record<string, string>> = {}) =>
      boss.post('/tours/edit', { id: [tour], back: '/tours', field, ...more })
    expect(offeredIn((await edit('depot')).html, 'depot')).toEqual(['East', 'North'])
    expect(offeredIn((await edit('stops')).html, 'stops')).toEqual(['East', 'North'])
    expect(offeredIn((await edit('driver')).html, 'driver')).toEqual(['Ada', 'Bo'])
    expect(await found('/tours/options?field=driver&q=')).toEqual(['Ada', 'Bo'])
    expect((await edit('driver', { driver: bo, _go: '1' })).html).toContain('Driver does not take this driver')
  })

  it('is offered in a filter, where everything else can be looked for: records keep what they were given', async () => {
    const row = { 'where.join': 'all', 'where.0.field': 'depot', 'where.0.of': 'depot', 'where.0.op': 'in' }
    const filter = async (more: Readonly<Record<string, string>>) =>
      (await boss.post('/tours/filter', { back: '/tours', ...row, ...more, 'where.change': 'update' })).html
    expect(offeredIn(await filter({}), 'where.0.value')).toEqual(['East', 'North'])
    expect(offeredIn(await filter({ 'where.0.find': 'closed' }), 'where.0.value')).toEqual(['Closed'])
    expect(offeredIn(await filter({ 'where.0.find': 'night' }), 'where.0.value')).toEqual(['Night depot'])
    expect(await found('/tours/options?field=depot&every=1&q=')).toEqual(['Closed', 'East', 'Night depot', 'North'])
  })

  it('is offered to a client of the API who names the relation', async () => {
    const offered = (text: string) => ask('GET', `/api/depots?fields=name&sort=name&total=true&offered=${text}`)
    expect(names(await offered('false'))).toEqual(['Closed', 'East', 'Night depot', 'North'])
    expect(names(await offered('true'))).toEqual(['Closed', 'East', 'North'])
    const answer = await offered('tour.depot')
    expect([names(answer), answer.body.meta.total]).toEqual([['East', 'North'], 2])
    expect(names(await offered('tour.stops&filter[name]=North'))).toEqual(['North'])
    expect(names(await ask('GET', `/api/drivers?fields=name&offered=tour.driver:${tour}`))).toEqual(['Ada'])
  })

  it('is not guessed at by the API: what names no such relation is refused in a sentence', async () => {
    const refusal = async (path: string) => {
      const { status, body } = await ask('GET', path)
      return [status, body.code, body.detail]
    }
    expect(await refusal('/api/depots?offered=tour.driver')).toEqual([
      400,
      'request.no_choice',
      '"tour.driver" is no relation that names depots.',
    ])
    expect(await refusal('/api/depots?offered=tuor.depot')).toContain('request.no_choice')
    expect(await refusal('/api/depots?offered=tour.depto')).toContain('request.unknown_field')
    expect(await refusal('/api/drivers?offered=tour.driver')).toEqual([
      400,
      'request.choice_of_record',
      'What "tour.driver" takes follows from its record: write offered=tour.driver:<id>.',
    ])
    expect(await refusal(`/api/drivers?offered=tour.driver:${ada}`)).toContain(404)
  })

  it('is what a write takes, and nothing else', async () => {
    const refused = await ask('PATCH', `/api/tours/${tour}`, { depot: closed, stops: [shippedId('depot.night')] })
    expect(refused.body.errors.map(({ field, code }: { field: string; code: string }) => [field, code])).toEqual([
      ['depot', 'field.not_offered'],
      ['stops', 'field.withheld'],
    ])
  })
})
