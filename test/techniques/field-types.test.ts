import { defineModel, defineModule, type Model, p } from '@tessera/core'
import ticket from '@tessera/ticket'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { BootFailure } from '../../core/errors.ts'
import { compose } from '../../core/module/compose.ts'
import { fromDeclarations } from '../../core/module/load.ts'
import books, { Book } from '../fixtures/field-types.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

let shop: Workshop
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), ticket, books)
})
afterAll(() => shop.app.close())

const values = {
  name: 'Sürprise "quoted" \\ 𝄞',
  story: 'Line\nand line',
  pages: -2_147_483_647,
  weight: 0.1,
  price: 123_456_789_012.34,
  lent: true,
  readAt: '2024-02-29T23:59:59.999Z',
  printed: '0999-12-31',
  state: 'used',
  scan: '01a1ffab-5fb8-74ab-9897-4731d1476071',
  extra: { deep: [1, null, { x: 'y' }] },
  words: ['one', 'two, three', ''],
}

it('A value of every type comes back from the API as it was written, in a creation and in a change', async () => {
  const created = await shop.ask('POST', '/api/books', values)
  expect(created.body).toMatchObject({ data: values })
  const empty = await shop.ask('POST', '/api/books', { name: 'Empty' })
  expect((await shop.ask('PATCH', `/api/books/${empty.body.data.id}`, values)).body.data).toMatchObject(values)
  const listed = await shop.ask('GET', '/api/books')
  expect(listed.body.data[0]).toMatchObject(values)
  const again = await shop.ask('PATCH', `/api/books/${created.body.data.id}`, values)
  expect(again.body.data.version).toBe(1)
})

it('Services see instants as Date and days as text', async () => {
  const { records } = shop.services
  const draft = { name: 'Typed', readAt: new Date('2024-02-29T12:00:00Z'), printed: '2024-02-29', words: ['x'], price: 1.5 }
  const { id } = await records.create(Book, draft)
  expect(await records.get(Book, id)).toMatchObject(draft)
  expect(await records.count(Book, { where: { readAt: { $gte: draft.readAt, $lt: new Date('2024-03-01') }, price: { $lt: 2 } } })).toBe(1)
})

it('A type that no column keeps is refused at boot', () => {
  const Odd: Model = defineModel<{ id: string }>('odd', { count: p.bigint() } as object)
  const odd = defineModule({ name: 'odd', depends: [ticket], models: [Odd] })
  try {
    compose(fromDeclarations([odd]))
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(BootFailure)
    expect((error as BootFailure).problems).toMatchObject([
      { code: 'field.unknown_type', module: 'odd', sentence: 'The field "count" of "odd" is of the type BigInt, which no column keeps.' },
    ])
  }
})
