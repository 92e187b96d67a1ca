import { defineModel, defineModule, type Fields, given, type Model, p, translated } from '@tessera/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BadRequest } from '../../errors.ts'
import { composeModels } from '../../model/compose.ts'
import { dayAfter, startOfDay } from '../../model/day.ts'
import type { ModelMeta } from '../../model/meta.ts'
import type { Reader } from './path.ts'
import { parseGroups, parseList, parseRecord } from './query.ts'

const authorFields = { name: p.string(), email: p.string().nullable() }
interface Author extends Fields<typeof authorFields> {}
const Author: Model<Author> = defineModel('author', authorFields, { title: 'name' })
const tagFields = { name: translated() }
interface Tag extends Fields<typeof tagFields> {}
const Tag: Model<Tag> = defineModel('tag', tagFields, { title: 'name' })
const bookFields = {
  name: p.string(),
  pages: p.integer().nullable(),
  price: p.decimal().nullable(),
  weight: p.float().nullable(),
  lent: p.boolean().default(false),
  printed: p.date().nullable(),
  lentAt: p.datetime().nullable(),
  kind: p.enum(['novel', 'manual']),
  secret: p.enum(['yes', 'no']).nullable(),
  notes: p.json().nullable(),
  author: () => p.manyToOne(Author),
  tags: () => p.manyToMany(Tag),
  loud: p.string().persist(false),
}
interface Book extends Fields<typeof bookFields> {}
const Book: Model<Book> = defineModel('book', bookFields, {
  title: 'name',
  fields: { loud: { compute: given(['name'], ({ name }) => name.toUpperCase()) } },
})
const declaration = defineModule({ name: 'library', models: [Author, Tag, Book] })
const folder = { name: 'library', version: '1.0.0', description: '', folder: '/', kind: 'module' as const, depends: [] }
const { models } = composeModels([{ package: folder, declaration }], [])
const book = models.of(Book)

const reader: Reader = {
  zone: 'Europe/Berlin',
  readable: (model: ModelMeta) => new Set([...model.fields.keys()].filter((name) => name !== 'secret')),
}
const id = '018f4e6a-0000-7000-8000-000000000001'
const ask = (query: string) => parseList(book, query, reader)
const where = (query: string) => ask(query).where
const refusal = (query: string): BadRequest => {
  try {
    ask(query)
  } catch (error) {
    if (error instanceof BadRequest) return error
    throw error
  }
  throw new Error(`${query} was understood`)
}

describe('a filter of a list', () => {
  test.each([
    ['filter[name]=Emma', { name: { $eq: 'Emma' } }],
    ['filter%5Bname%5D=Emma', { name: { $eq: 'Emma' } }],
    ['filter[author.email]=a@b.org', { author: { email: { $eq: 'a@b.org' } } }],
    [`filter[author]=${id}`, { author: { $eq: id } }],
    [`filter[tags]=${id}`, { tags: { $eq: id } }],
    ['filter[tags.name][ne]=Old', { $not: { tags: { name: { $in: ['Old'] } } } }],
    ['filter[tags.name][null]=true', { $not: { tags: { name: { $null: false } } } }],
    ['filter[pages][gte]=100', { pages: { $gte: 100 } }],
    ['filter[price][lt]=9.90', { price: { $lt: '9.90' } }],
    ['filter[weight]=1e-2', { weight: { $eq: 0.01 } }],
    ['filter[lent]=false', { lent: { $eq: false } }],
    ['filter[printed][lte]=2024-02-29', { printed: { $lte: '2024-02-29' } }],
    ['filter[kind][in]=novel,manual', { kind: { $in: ['novel', 'manual'] } }],
    ['filter[kind][nin]=novel&filter[kind][nin]=manual', { kind: { $nin: ['novel', 'manual'] } }],
    ['filter[name][contains]=ém', { name: { $contains: 'ém' } }],
    ['filter[name][startsWith]=E', { name: { $startsWith: 'E' } }],
    ['filter[pages][null]=true', { pages: { $null: true } }],
    ['filter[name]=', { name: { $eq: '' } }],
  ])('%s', (query, condition) => expect(where(query)).toEqual(condition))

  test('holds together with the other filters', () => {
    expect(where('filter[name]=Emma&filter[pages][gt]=1&filter[pages][lt]=9')).toEqual({
      $and: [{ name: { $eq: 'Emma' } }, { pages: { $gt: 1 } }, { pages: { $lt: 9 } }],
    })
  })

  test('joins what has equal indexes by and, and different indexes by or', () => {
    expect(where('filter[lent]=true&filter[or][0][name]=Emma&filter[or][1][pages][gt]=5&filter[or][0][kind]=novel')).toEqual({
      $and: [{ lent: { $eq: true } }, { $or: [{ $and: [{ name: { $eq: 'Emma' } }, { kind: { $eq: 'novel' } }] }, { pages: { $gt: 5 } }] }],
    })
  })

  test.each([
    ['filter[nam]=x', 'filter[nam]', 'There is no field "nam" in books. Did you mean "name"?'],
    ['filter[author.nme]=x', 'filter[author.nme]', 'There is no field "nme" in authors. Did you mean "name"?'],
    ['filter[name.first]=x', 'filter[name.first]', '"name.first" cannot go on after "name": that is no relation.'],
    ['filter[a.b.c.d]=x', 'filter[a.b.c.d]', '"a.b.c.d" goes through more than 3 fields.'],
    ['filter[name][eqq]=x', 'filter[name][eqq]', 'There is no operator "eqq" for "name". Did you mean "eq"?'],
    ['filter[kind][gt]=novel', 'filter[kind][gt]', '"kind" cannot be compared with "gt". It takes eq, ne, in, nin, null.'],
    ['filter[kind]=novl', 'filter[kind]', '"kind" (eq) must be one of novel, manual, not "novl". Did you mean "novel"?'],
    ['filter[pages]=many', 'filter[pages]', '"pages" (eq) must be a whole number, not "many".'],
    ['filter[pages]=99999999999', 'filter[pages]', '"pages" (eq) must be a whole number, not "99999999999".'],
    ['filter[author]=Austen', 'filter[author]', '"author" (eq) must be the id of a record, not "Austen".'],
    ['filter[printed]=2023-02-29', 'filter[printed]', '"printed" (eq) must be a day like 2024-04-01, not "2023-02-29".'],
    ['filter[pages][null]=maybe', 'filter[pages][null]', '"pages" (null) must be true or false, not "maybe".'],
    ['filter[loud]=X', 'filter[loud]', '"loud" is made when it is read: it can be shown, but not be searched or sorted by.'],
    ['filter=x', 'filter', '"filter" is no filter. Write filter[field], filter[field][operator] or filter[or][0][field].'],
    ['sort=-nam', 'sort', 'There is no field "nam" in books. Did you mean "name"?'],
    ['sort=loud', 'sort', 'The records cannot be sorted by "loud".'],
    ['fields=name,nam', 'fields', 'There is no field "nam" in books. Did you mean "name"?'],
    ['fields=tags.name', 'fields', '"tags.name" goes through many records: ask for "tags" or for the other model.'],
    ['limit=0', 'limit', '"limit" must be a whole number from 1 to 200, not "0".'],
    ['limit=201', 'limit', '"limit" must be a whole number from 1 to 200, not "201".'],
    ['total=yes', 'total', '"total" must be true or false, not "yes".'],
    ['offset=3', 'offset', 'There is no parameter "offset" here. There are sort, fields, q, limit, cursor, total, offered.'],
    ['feilds=name', 'feilds', 'There is no parameter "feilds" here. Did you mean "fields"?'],
    ['limit=1&limit=2', 'limit', 'The parameter "limit" may be given once.'],
    ['__proto__=x', '__proto__', 'There is no parameter "__proto__" here. There are sort, fields, q, limit, cursor, total, offered.'],
  ])('%s is refused by name', (query, field, sentence) => {
    const { message, errors, status } = refusal(query)
    expect([message, errors.map((error) => error.field), status]).toEqual([sentence, [field], 400])
  })

  test('of a field that the caller may not read is refused exactly as one of a field that does not exist', () => {
    for (const query of ['filter[FIELD]=yes', 'filter[FIELD]=neither', 'filter[FIELD][gt]=1', 'sort=FIELD', 'fields=FIELD']) {
      const [hidden, unknown] = ['secret', 'absent'].map((name) => refusal(query.replace('FIELD', name)).message.replace(name, 'FIELD'))
      expect(hidden).toBe(unknown)
    }
  })

  test('may be one of 50, with 200 values in a list', () => {
    const filters = (count: number) => Array.from({ length: count }, (_, at) => `filter[pages][gt]=${at}`).join('&')
    expect(where(filters(50))).toBeDefined()
    expect(refusal(filters(51)).message).toBe('A query takes 50 conditions at most.')
    const values = (count: number) => `filter[pages][in]=${Array.from({ length: count }, (_, at) => at).join(',')}`
    expect(where(values(200))).toBeDefined()
    expect(refusal(values(201)).message).toBe('A list takes 200 values at most.')
    expect(refusal(`${values(150)}&${values(51)}`).message).toBe('A list takes 200 values at most.')
  })
})

describe('a date without a time', () => {
  const start = new Date('2024-04-01T00:00:00+02:00')
  const end = new Date('2024-04-02T00:00:00+02:00')
  const day = { lentAt: { $gte: start, $lt: end } }
  test.each([
    ['filter[lentAt]=2024-04-01', day],
    ['filter[lentAt][ne]=2024-04-01', { $not: day }],
    ['filter[lentAt][gte]=2024-04-01', { lentAt: { $gte: start } }],
    ['filter[lentAt][gt]=2024-04-01', { lentAt: { $gte: end } }],
    ['filter[lentAt][lt]=2024-04-01', { lentAt: { $lt: start } }],
    ['filter[lentAt][lte]=2024-04-01', { lentAt: { $lt: end } }],
    ['filter[lentAt][gte]=2024-04-01T09:00:00Z', { lentAt: { $gte: new Date('2024-04-01T09:00:00Z') } }],
    ['filter[lentAt][gte]=2024-04-01T09:00', { lentAt: { $gte: new Date('2024-04-01T09:00:00Z') } }],
    ['filter[lentAt][gte]=2024-04-01T09:00:00+02:00', { lentAt: { $gte: new Date('2024-04-01T07:00:00Z') } }],
  ])("is a day in the caller's zone: %s", (query, condition) => expect(where(query)).toEqual(condition))

  test('has 23 hours when the clocks go forward and 25 when they go back', () => {
    const hours = (date: string) =>
      (startOfDay(dayAfter(date), 'Europe/Berlin').getTime() - startOfDay(date, 'Europe/Berlin').getTime()) / 3_600_000
    expect(['2024-03-31', '2024-10-27', '2024-07-01'].map(hours)).toEqual([23, 25, 24])
  })

  test('begins at one where the clocks jump over midnight', () => {
    expect(startOfDay('2018-11-04', 'America/Sao_Paulo').toISOString()).toBe('2018-11-04T03:00:00.000Z')
    expect(startOfDay('2023-04-28', 'Africa/Cairo').toISOString()).toBe('2023-04-27T22:00:00.000Z')
  })

  test('begins with the first instant that clocks of the zone show as that day', () => {
    const zones = Intl.supportedValuesOf('timeZone')
    const days = fc.date({ min: new Date('1971-01-01'), max: new Date('2036-12-31'), noInvalidDate: true })
    const shownDay = (zone: string, at: number) => new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(at)
    fc.assert(
      fc.property(fc.constantFrom(...zones), days, (zone, date) => {
        const day = date.toISOString().slice(0, 10)
        const start = startOfDay(day, zone).getTime()
        // Some zones have skipped a whole day at the date line.
        expect(shownDay(zone, start) >= day).toBe(true)
        expect(shownDay(zone, start - 1) < day).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the rest of a list query', () => {
  test('sorts, shows, searches and pages', () => {
    expect(ask('sort=-lentAt,author.name&fields=name,author.email&q=em&limit=20&cursor=abc&total=true')).toEqual({
      order: { lentAt: 'desc', 'author.name': 'asc' },
      fields: ['name', 'author.email'],
      q: 'em',
      limit: 20,
      cursor: 'abc',
      total: true,
    })
    expect(ask('')).toEqual({})
  })

  test('may name the fields of one record, and nothing else', () => {
    expect(parseRecord(book, 'fields=name', reader)).toEqual(['name'])
    expect(parseRecord(book, '', reader)).toBeUndefined()
    expect(() => parseRecord(book, 'limit=1', reader)).toThrow('There is no parameter "limit" here.')
  })

  test('groups by fields, grains and relations', () => {
    expect(parseGroups(book, 'by=kind,lentAt:month,author.name&measures=count,pages:sum', reader)).toEqual({
      by: ['kind', 'lentAt:month', 'author.name'],
      measures: ['count', 'pages:sum'],
    })
    expect(() => parseGroups(book, '', reader)).toThrow('Name in "by" one to 3 fields')
    expect(() => parseGroups(book, 'by=lentAt:hour', reader)).toThrow('a date takes one of day, week, month, quarter, year')
    expect(() => parseGroups(book, 'by=kind:month', reader)).toThrow('"kind:month" cannot be grouped by')
    expect(() => parseGroups(book, 'by=kind&measures=name:sum', reader)).toThrow('"name:sum" is no measure')
  })

  test('is either understood or refused with a sentence, whatever it is', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'filter',
        '[',
        ']',
        'or',
        '0',
        'name',
        'author',
        '.',
        'lentAt',
        'eq',
        'in',
        '=',
        '&',
        ',',
        '2024-04-01',
        'sort',
        'fields',
        '-',
        '__proto__',
        'constructor',
        '%00',
        '%ff',
        'limit',
      ),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        try {
          ask(parts.join(''))
        } catch (error) {
          expect(error).toBeInstanceOf(BadRequest)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
