import { Validator } from '@seriousme/openapi-schema-validator'
import { action, defineModel, defineModule, extend, type Fields, form, list, type Model, p, ref, route } from '@tessera/core'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { compose } from '../../module/compose.ts'
import { fromDeclarations } from '../../module/load.ts'
import { openapiOf } from './openapi.ts'

const roomFields = { name: p.string(), code: p.string() }
interface Room extends Fields<typeof roomFields> {}
const Room: Model<Room> = defineModel('room', roomFields, { title: 'name', code: 'code' })
const bookFields = {
  name: p.string(),
  state: p.enum(['in', 'out']).default('in'),
  pages: p.integer().nullable(),
  inner: p.string().nullable(),
  room: () => p.manyToOne(Room),
}
interface Book extends Fields<typeof bookFields> {}
const Book: Model<Book> = defineModel('book', bookFields, {
  title: 'name',
  fields: {
    name: { valid: z.string().min(3).max(80), help: 'As it stands on the cover' },
    state: { options: { in: 'In', out: 'Out' } },
    inner: { only: [] },
  },
})
const hiddenFields = { name: p.string() }
interface Hidden extends Fields<typeof hiddenFields> {}
const Hidden: Model<Hidden> = defineModel('hidden', hiddenFields, { title: 'name', exposed: false })
const move = action(Book, 'move', {
  label: 'Move',
  input: z.object({ to: ref(Room), note: z.string().optional() }),
  bulk: true,
  run: () => {},
})
const library = defineModule({
  name: 'library',
  models: [Room, Book, Hidden],
  actions: [move],
  views: [list(Book, ['name']), form(Book, ['name'])],
  routes: [
    route('POST /lookup/:isbn', {
      may: 'signed-in',
      summary: 'Look a book up',
      body: z.object({ deep: z.boolean() }),
      returns: z.object({ name: z.string() }),
      run: () => ({ name: '' }),
    }),
  ],
})
const addonFields = { shop: p.string().nullable() }
const addon = defineModule({ name: 'addon', depends: [library], extends: [extend(Book as Model, addonFields)] })
const document = openapiOf(compose(fromDeclarations([addon])), { version: '1.0.0', baseUrl: 'http://localhost:3000' })
const at = (...path: string[]): unknown =>
  path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined), document)

test('the document is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(document)))
  expect(errors).toBeUndefined()
  expect(valid).toBe(true)
  expect(at('openapi')).toBe('3.1.0')
})

test('every operation has a name of its own', () => {
  const names = Object.values(at('paths') as Record<string, Record<string, { operationId: string }>>).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  )
  expect(new Set(names).size).toBe(names.length)
})

test('exposed models, actions and own routes are there, hidden models are not', () => {
  expect(Object.keys(at('paths') as object).sort()).toEqual([
    '/api/books',
    '/api/books/groups',
    '/api/books/move',
    '/api/books/{id}',
    '/api/books/{id}/move',
    '/api/lookup/{isbn}',
    '/api/openapi.json',
    '/api/rooms',
    '/api/rooms/groups',
    '/api/rooms/{id}',
  ])
})

test('a field says what it means and what it takes', () => {
  const fields = (schema: string) => at('components', 'schemas', schema, 'properties') as Record<string, Record<string, unknown>>
  expect(fields('BookDraft').name).toEqual({
    type: 'string',
    minLength: 3,
    maxLength: 80,
    title: 'Name',
    description: 'As it stands on the cover',
  })
  expect(fields('Book').state).toMatchObject({ enum: ['in', 'out'], 'x-labels': { in: 'In', out: 'Out' } })
  expect(fields('Book').room).toMatchObject({ $ref: '#/components/schemas/Reference' })
  expect(fields('BookDraft').room).toMatchObject({ $ref: '#/components/schemas/Written' })
  expect(fields('Book').createdAt).toMatchObject({ readOnly: true })
  expect(at('components', 'schemas', 'BookDraft', 'required')).toEqual(['name', 'room'])
  expect(at('components', 'schemas', 'BookChanges', 'required')).toBeUndefined()
})

test('a field for no role is not in the document', () => {
  expect(JSON.stringify(document)).not.toContain('inner')
})

test("an action's input names records by id or code", () => {
  const schema = at('paths', '/api/books/{id}/move', 'post', 'requestBody', 'content', 'application/json', 'schema')
  expect(schema).toMatchObject({ properties: { to: { $ref: '#/components/schemas/Written' }, note: { type: 'string' } }, required: ['to'] })
})

test("an addon's field is there like any other, to read, to write and to filter by", () => {
  for (const schema of ['Book', 'BookDraft', 'BookChanges']) {
    expect(at('components', 'schemas', schema, 'properties', 'shop')).toMatchObject({
      title: 'Shop',
      anyOf: [{ type: 'string' }, { type: 'null' }],
    })
  }
  expect(JSON.stringify(at('paths', '/api/books', 'get', 'parameters'))).toContain('shop: eq, ne')
})
