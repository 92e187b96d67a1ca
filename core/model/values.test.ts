/** A value fits its field or is refused by the field's name; what fits once fits again. */
import { p } from '@tessera/core'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { composed, defineModel } from '../../test/fixtures/module-library.ts'
import { runs } from '../../test/fixtures/records-world.ts'
import { defineModule } from '../module/module.ts'
import { translated } from './define.ts'
import { plain } from './matches.ts'
import type { ScalarField } from './meta.ts'
import { checked, fromText } from './values.ts'

// Milliseconds: the machine of a run may be slow or shared, and TESSERA_DEEP asks for much.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 120_000 })

const Thing = defineModel('thing', {
  text: p.text(),
  line: p.string(),
  whole: p.integer(),
  float: p.float(),
  money: p.decimal(),
  flag: p.boolean(),
  day: p.date(),
  at: p.datetime(),
  kind: p.enum(['a', 'b']),
  uid: p.uuid(),
  json: p.json(),
  list: p.array(),
  said: translated(),
})
const model = composed(defineModule({ name: 'things', models: [Thing] })).models.of(Thing)
const scalars = [...model.fields.values()].filter(
  (field): field is ScalarField => field.kind === 'scalar' && field.module === 'things' && !['id', 'version'].includes(field.name),
)
const anything = fc.oneof(
  fc.anything({ withDate: true, withNullPrototype: false, maxDepth: 2, withBigInt: false }).filter((value) => typeof value !== 'symbol'),
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    '2024-02-29',
    '2024-02-30',
    '2024-02-29T10:00:00Z',
    'a',
    'true',
    true,
    1.005,
    -0,
    '',
    2 ** 31,
    1e12,
    999_999_999_999.999,
  ),
)
const isJson = (value: unknown) => {
  try {
    return JSON.stringify(value) !== undefined
  } catch {
    return false
  }
}

describe('Any value for any field', () => {
  test('is refused in a sentence that names the field, or kept in a form that is kept again', () => {
    fc.assert(
      fc.property(fc.constantFrom(...scalars), anything.filter(isJson), (field, value) => {
        const first = checked(field, value)
        if ('error' in first) {
          expect(first.error.field).toBe(field.name)
          expect(first.error.values?.label).toBe(field.label)
          return
        }
        expect(checked(field, first.value)).toEqual(first)
        if (field.type === 'datetime' && first.value !== null) expect((first.value as Date).getUTCFullYear()).toBeLessThan(10_000)
        if (field.type === 'decimal' && first.value !== null) expect(Math.abs(first.value as number)).toBeLessThan(1e12)
      }),
      runs(3000, 50_000),
    )
  })
  test('typed as a text is what the same value is in JSON, or refused', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...scalars),
        fc.oneof(
          fc.string(),
          anything.filter(isJson).map((value) => JSON.stringify(value)),
        ),
        (field, text) => {
          const result = checked(field, fromText(field, text))
          if ('error' in result) expect(result.error.field).toBe(field.name)
        },
      ),
      runs(1000, 20_000),
    )
    const field = (name: string) => model.fields.get(name) as ScalarField
    const taken = (name: string, text: string) => checked(field(name), fromText(field(name), text))
    expect(taken('whole', ' 5 ')).toEqual({ value: 5 })
    expect(taken('money', '1.239')).toEqual({ value: 1.24 })
    expect(taken('flag', 'yes')).toEqual({ value: true })
    expect(taken('list', 'a, b')).toEqual({ value: ['a', 'b'] })
    expect(taken('whole', '')).toEqual({ value: null })
    for (const [name, text] of [
      ['whole', 'five'],
      ['whole', '1.5'],
      ['flag', 'maybe'],
      ['day', '29.02.2024'],
      ['kind', 'c'],
      ['uid', 'x'],
    ] as const)
      expect(taken(name, text)).toMatchObject({ error: { field: name } })
  })
})

describe('A text without case and accents', () => {
  test('has none when it is made plain again', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => plain(plain(text)) === plain(text)))
  })
  test.each([
    ['Éclair', 'eclair'],
    ['STRASSE', 'strasse'],
    ['Straße', 'strasse'],
    ['Łódź', 'lodz'],
    ['Đà Nẵng', 'da nang'],
    ['Ærø', 'aero'],
    ['мой', 'мой'],
    ['Ёж', 'еж'],
    ['Ἀθῆναι', 'αθηναι'],
  ])('%s is %s', (text, bare) => {
    expect(plain(text)).toBe(bare)
  })
})
