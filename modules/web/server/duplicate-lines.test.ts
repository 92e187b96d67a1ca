import base, { Role, staff } from '@tessera/base'
import { data, defineModel, defineModule, type Fields, form, type Model, p, role, type Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { idIn, linkOf, plain, type Seen, type Visitor, visitorAs, wordsOf } from './visitor.ts'

const orderFields = {
  name: p.string(),
  lines: () => p.oneToMany(OrderLine).mappedBy('order'),
  remarks: () => p.oneToMany(Remark).mappedBy('order'),
}
interface Order extends Fields<typeof orderFields> {}
const Order: Model<Order> = defineModel('order', orderFields, { title: 'name', fields: { remarks: { copy: false } } })

const lineFields = {
  order: () => p.manyToOne(Order),
  product: p.string(),
  place: p.integer(),
  amount: p.integer().default(1),
  serial: p.string().nullable(),
  batch: p.string().nullable(),
  secret: p.boolean().default(false),
}
interface OrderLine extends Fields<typeof lineFields, 'order'> {}
const OrderLine: Model<OrderLine> = defineModel('orderLine', lineFields, {
  title: 'product',
  order: { place: 'asc' },
  fields: { order: { removedWith: true }, batch: { copy: false } },
  unique: {
    place: { of: ['order', 'place'], else: 'Something is at {place} already.' },
    serial: { of: ['serial'], else: 'The serial number {serial} is taken.' },
  },
})
const remarkFields = { order: () => p.manyToOne(Order), said: p.string() }
interface Remark extends Fields<typeof remarkFields, 'order'> {}
const Remark: Model<Remark> = defineModel('remark', remarkFields, { title: 'said', fields: { order: { removedWith: true } } })

const clerkRole = role('clerk', { implies: [staff] })
const orders = defineModule({
  name: 'orders',
  depends: [base],
  models: [Order, OrderLine, Remark],
  roles: [clerkRole],
  data: [data(Role, { clerk: { name: clerkRole.name, label: 'Clerk' } })],
  permissions: [
    clerkRole.can(['create', 'read', 'update'], Order),
    clerkRole.can(['create', 'read', 'update'], OrderLine, { secret: false }),
    clerkRole.can(['create', 'read'], Remark),
  ],
  views: [
    form(Order, [
      'name',
      {
        tab: 'parts',
        label: 'Lines',
        of: [{ field: 'lines', as: 'lines', list: ['place', 'product', 'amount', 'serial', 'batch'] }],
      },
      { tab: 'said', label: 'Remarks', of: [{ field: 'remarks', as: 'lines', list: ['said'] }] },
    ]),
  ],
})

let app: TestApp
let system: Services
let clerk: Visitor
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', orders])
  system = await app.servicesFor({ door: 'system' })
  clerk = await visitorAs(app, 'clerk')
})
afterAll(() => app?.close())

const held = ({ html }: Seen, name: string) =>
  plain(new RegExp(`<input[^>]* name="${name.replaceAll('.', '\\.')}"[^>]* value="([^"]*)"`).exec(html)?.[1] ?? '')
async function orderWith(lines: readonly Partial<OrderLine>[]): Promise<string> {
  const { id } = await system.records.create(Order, { name: 'Spare parts' })
  for (const [at, line] of lines.entries())
    await system.records.create(OrderLine, { order: id, place: at + 1, product: `Part ${at + 1}`, ...line } as never)
  return id
}
const linesOf = async (id: string) =>
  (await system.records.query(OrderLine, { fields: ['place', 'product', 'amount', 'serial', 'batch'], where: { order: id } })).rows.map(
    ({ place, product, amount, serial, batch }) => [place, product, amount, serial, batch],
  )

describe('A duplicate of a record with lines', () => {
  it('begins with the lines that one sees, without what is unique and what is not to be copied', async () => {
    const id = await orderWith([{ amount: 3, serial: 'S-1', batch: 'B-1' }, { product: 'Valve' }, { product: 'Hidden', secret: true }])
    await system.records.create(Remark, { order: id, said: 'Only of this one' })
    const copy = await clerk.get(linkOf(await clerk.get(`/orders/${id}`), /Duplicate/))
    const first = ['place', 'product', 'amount', 'serial', 'batch'].map((name) => held(copy, `lines.new1.${name}`))
    expect(first).toEqual(['1', 'Part 1', '3', '', ''])
    expect([held(copy, 'lines.new2.product'), copy.html.includes('new3'), copy.html.includes('Hidden')]).toEqual(['Valve', false, false])
    expect(copy.html).not.toContain('Only of this one')
    expect(await system.records.count(OrderLine, { where: { order: id } })).toBe(3)
    const sent = {
      name: 'Spare parts again',
      'lines.new1._new': 'true',
      'lines.new1.place': '1',
      'lines.new1.product': 'Part 1',
      'lines.new1.amount': '4',
      'lines.new2._new': 'true',
      'lines.new2.place': '2',
      'lines.new2.product': 'Valve',
      'lines.new2.amount': '1',
    }
    const more = await clerk.post(`/orders/new?copy=${id}`, { ...sent, 'lines.change': 'remove:new2' })
    expect([held(more, 'lines.new1.amount'), more.html.includes('new2')]).toEqual(['4', false])
    const made = await clerk.post(`/orders/new?copy=${id}`, sent)
    expect(made.status).toBe(303)
    expect(await linesOf(idIn(made.location))).toEqual([
      [1, 'Part 1', 4, null, null],
      [2, 'Valve', 1, null, null],
    ])
  })

  it('says how many of very many come along', async () => {
    const id = await orderWith(Array.from({ length: 103 }, () => ({})))
    const copy = await clerk.get(`/orders/new?copy=${id}`)
    expect(held(copy, 'lines.new100.product')).toBe('Part 100')
    expect(wordsOf(copy.html)).toContain('the first 100 of 103 lines come along')
  })
})
