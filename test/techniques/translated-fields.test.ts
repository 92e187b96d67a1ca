import { type SignedIn, signedInAs } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import ticket from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import services, { Service } from '../fixtures/translated-fields.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

let shop: Workshop
let french: SignedIn
let german: SignedIn
let bread: string
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), ticket, services)
  french = await signedInAs(shop.app, 'manager', { language: 'fr' })
  german = await signedInAs(shop.app, 'manager', { language: 'de-AT' })
  const { body } = await shop.ask('POST', '/api/services', { code: 'bread', name: 'Bread' })
  bread = body.data.id
  await shop.ask('POST', '/api/services', { code: 'cheese', name: { en: 'Cheese', fr: 'Fromage', de: 'Käse' } })
  await shop.ask('POST', '/api/services', { code: 'apple', name: { en: 'Apple', fr: 'Pomme', de: 'Apfel' } })
})
afterAll(() => shop.app.close())

const names = async (who?: SignedIn, query = ''): Promise<readonly string[]> => {
  const { body } = await shop.ask('GET', `/api/services?fields=name${query}`, undefined, who)
  return body.data.map(({ name }: { name: string }) => name)
}

describe('A text in several languages', () => {
  it('is written in the writer’s, and read in English where the reader’s is missing', async () => {
    expect(await names()).toEqual(['Apple', 'Bread', 'Cheese'])
    expect(await names(french)).toEqual(['Bread', 'Fromage', 'Pomme'])
    expect(await names(german)).toEqual(['Apfel', 'Bread', 'Käse'])
  })

  it('keeps the other languages when one is written', async () => {
    expect((await shop.ask('PATCH', `/api/services/${bread}`, { name: 'Pain' }, french)).body.data.name).toBe('Pain')
    expect((await shop.ask('GET', `/api/services/${bread}`)).body.data.name).toBe('Bread')
    const { records } = await german.services()
    expect(await records.update(Service, bread, { name: 'Brot' })).toMatchObject({ name: 'Brot', version: 3 })
    const [row] = await shop.app.connection.run('select name from service where id = $1', [bread])
    expect(row).toEqual({ name: { en: 'Bread', fr: 'Pain', de: 'Brot' } })
  })

  it('is filtered, searched and sorted by in the reader’s language', async () => {
    expect(await names(french)).toEqual(['Fromage', 'Pain', 'Pomme'])
    expect(await names(french, '&sort=-name')).toEqual(['Pomme', 'Pain', 'Fromage'])
    expect(await names(french, '&filter[name]=Pain')).toEqual(['Pain'])
    expect(await names(shop.manager, '&filter[name]=Pain')).toEqual([])
    expect(await names(german, '&filter[name][contains]=kas')).toEqual(['Käse'])
    const { records } = await french.services()
    const { rows } = await records.query(Service, { fields: ['name'], where: { name: { $startsWith: 'p' } } })
    expect(rows.map(({ name }) => name)).toEqual(['Pain', 'Pomme'])
  })

  it('is the label of its record in the reader’s language', async () => {
    const { records } = await french.services()
    const { rows } = await records.query(Service, { fields: ['code'], where: { code: 'apple' }, label: true })
    expect(rows).toMatchObject([{ code: 'apple', label: 'Pomme' }])
  })

  it('is read in another language by whoever writes to somebody else', async () => {
    const { rows } = await shop.services.inLanguage('de').records.query(Service, { fields: ['name'], where: { code: 'apple' } })
    expect(rows).toMatchObject([{ name: 'Apfel' }])
  })

  it('has many lines where it is long, and each language has to be valid', async () => {
    const lines = 'Bake it.\n'.repeat(100).trimEnd()
    expect((await shop.ask('PATCH', `/api/services/${bread}`, { guide: lines })).body.data.guide).toBe(lines)
    expect((await shop.ask('PATCH', `/api/services/${bread}`, { guide: { fr: 'x'.repeat(1_001) } })).status).toBe(422)
    expect((await shop.ask('PATCH', `/api/services/${bread}`, { hint: lines })).status).toBe(422)
  })

  it('may be empty, and is refused when it is no text', async () => {
    expect((await shop.ask('PATCH', `/api/services/${bread}`, { hint: 'Fresh' })).body.data.hint).toBe('Fresh')
    expect((await shop.ask('PATCH', `/api/services/${bread}`, { hint: null })).body.data.hint).toBeNull()
    for (const name of [7, ['Bread'], { english: 'Bread' }, { en: 7 }]) {
      expect((await shop.ask('PATCH', `/api/services/${bread}`, { name })).status).toBe(422)
    }
  })

  it('whose every language is said at once replaces them all', async () => {
    await shop.ask('PATCH', `/api/services/${bread}`, { name: { en: 'Loaf', fr: 'Miche' } })
    expect(await names(german, '&filter[code]=bread')).toEqual(['Loaf'])
  })
})

it('A partner’s own texts are the same for every reader', async () => {
  const { records } = await french.services()
  expect(await records.get(Partner, shop.partner)).toMatchObject({ name: 'Fatou Camara' })
})
