import { Workbook } from '@cj-tech-master/excelts'
import base, { agent } from '@tessera/base'
import { defineModel, defineModule, type Fields, type Model, p } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import web from '../index.ts'
import { linkOf, plain, visitorAs, wordsOf } from '../server/visitor.ts'
import { chosen, countsOf, matchIn, press } from './visits.ts'

const fields = {
  name: p.string(),
  watts: p.integer().nullable(),
  price: p.decimal().nullable(),
  isLit: p.boolean().nullable(),
  boughtOn: p.date().nullable(),
  checkedAt: p.datetime().nullable(),
  serial: p.string().nullable(),
}
interface Lamp extends Fields<typeof fields> {}
const Lamp: Model<Lamp> = defineModel('lamp', fields, { title: 'name', unique: { serial: { of: ['serial'], else: 'Twice: {serial}.' } } })
const lamps = defineModule({
  name: 'lamps',
  depends: [base, web],
  models: [Lamp],
  permissions: [agent.can(['create', 'read', 'update'], Lamp)],
})

let app: TestApp
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), [base, web, lamps])
})
afterAll(() => app?.close())

it('A workbook brings days, instants of its reader’s clocks, numbers and truths as they are meant', async () => {
  const reader = await visitorAs(app, 'agent', { zone: 'Asia/Kathmandu' })
  const { records } = await app.servicesFor({ door: 'system' })
  const book = new Workbook()
  book.addWorksheet('Notes', { state: 'hidden' }).addRow(['nothing'])
  const sheet = book.addWorksheet('Lamps')
  sheet.addRow(['Name', 'Watts', 'Price', 'Is lit', 'Bought on', 'Checked at', 'Serial'])
  sheet.addRow(['Hall', 60, 12.5, true, new Date('2026-02-28T00:00:00Z'), new Date('2026-04-16T09:30:00Z'), 336123456789])
  sheet.addRow([])
  sheet.addRow(['Porch', 7.5, null, false, 'yesterday', null, '0042'])
  const page = await chosen(reader, '/lamps', 'lamps.xlsx', new Uint8Array(await book.xlsx.writeBuffer()))
  expect(Object.values(matchIn(page)).slice(0, 7)).toEqual(['name', 'watts', 'price', 'isLit', 'boughtOn', 'checkedAt', 'serial'])
  const done = await press(reader, page, 'import', { key: 'serial' })
  expect(countsOf(done)).toMatchObject({ created: '1', failed: '1' })
  // As the sheet counts its rows.
  expect(plain(wordsOf(done.html))).toMatch(/ 4 Watts .*whole number, not "7\.5".* 4 Bought on .*such as 2024-04-16, not "yesterday"/)
  expect(await records.find(Lamp, { name: 'Hall' })).toMatchObject({
    watts: 60,
    price: 12.5,
    isLit: true,
    boughtOn: '2026-02-28',
    checkedAt: new Date('2026-04-16T03:45:00Z'),
    serial: '336123456789',
  })
  const file = await reader.get(linkOf(done, /\/refused"/))
  const [refused]: Record<string, string>[] = parse(file.html, { columns: true, bom: true })
  expect(refused).toMatchObject({ Name: 'Porch', 'Is lit': 'false', Serial: '0042' })
})

it('A file that is no workbook, whatever it is called, is refused with a sentence', async () => {
  const reader = await visitorAs(app, 'agent')
  await reader.get('/lamps/import')
  const broken = await reader.upload('/lamps/import', 'broken.xlsx', Buffer.from('PK\u0003\u0004 and nothing else'))
  const said = plain(wordsOf(broken.html))
  expect([broken.status, said]).toEqual([400, expect.stringContaining('"broken.xlsx" cannot be read as an Excel workbook.')])
})
