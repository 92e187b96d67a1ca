/** Values come to rest: in one order or another, once or twice, from nothing or from what is stored. */
import { p } from '@tessera/core'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { composed, defineModel, given } from '../../test/fixtures/module-library.ts'
import { runs } from '../../test/fixtures/records-world.ts'
import { defineModule } from '../module/module.ts'
import type { Values } from './matches.ts'
import type { ModelMeta } from './meta.ts'
import { same, settle } from './settle.ts'

// Milliseconds: the machine of a run may be slow or shared, and TESSERA_DEEP asks for much.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 120_000 })

type Seen = Record<string, never>
const follow = (needs: readonly string[], code: (seen: Seen, context: { isNew: boolean; now: Date }) => unknown) =>
  given(needs, code as () => unknown)

/** Seven fields that follow from each other, declared in any order. */
const fields: Readonly<Record<string, object>> = {
  a: p.integer().nullable(),
  b: p.integer().nullable(),
  level: p.enum(['low', 'high']).default('low'),
  guess: p.integer().nullable(),
  once: p.integer().nullable(),
  sum: p.integer().nullable(),
  far: p.integer().nullable(),
}
const traits = {
  fields: {
    guess: { suggest: follow(['a'], ({ a }) => ((a ?? null) === null ? null : (a as unknown as number) * 10)) },
    once: { suggest: follow([], () => 7) },
    sum: { compute: follow(['guess', 'b'], ({ guess, b }) => (guess ?? 0) + (b ?? 0)) },
    far: { compute: follow(['sum', 'level'], ({ sum, level }) => (level === 'high' ? sum : 0)) },
  },
  checks: { small: { holds: { $not: { far: { $gt: 10_000 } } }, else: 'Too far: {far}.' } },
}
function modelOf(order: readonly string[]): ModelMeta {
  const Thing = defineModel('thing', Object.fromEntries(order.map((name) => [name, fields[name]!])), traits)
  return composed(defineModule({ name: 'things', models: [Thing] })).models.of(Thing)
}
const asking = { me: {}, now: new Date(0) }
const settled = (model: ModelMeta, before: Values | null, written: Values, recompute = false) =>
  settle({ model, before, written, load: async () => null, asking, recompute, ...(before === null ? { stamps: { id: 'x' } } : {}) })

const small = fc.option(fc.integer({ min: -50, max: 50 }))
const writing = fc.record(
  { a: small, b: small, level: fc.constantFrom('low', 'high'), guess: small, once: small },
  { requiredKeys: [], noNullPrototype: true },
)
const orders = fc.shuffledSubarray(Object.keys(fields), { minLength: Object.keys(fields).length })

/** What each value must be, said plainly. */
function expected(before: Values | null, written: Values): Values {
  const state: Record<string, unknown> = { ...(before ?? { a: null, b: null, level: 'low', guess: null, once: null }), ...written }
  const aChanged = before === null || ('a' in written && written.a !== before.a)
  if (aChanged && !('guess' in written)) state.guess = state.a === null ? null : (state.a as number) * 10
  if (before === null && !('once' in written)) state.once = 7
  state.sum = ((state.guess as number | null) ?? 0) + ((state.b as number | null) ?? 0)
  state.far = state.level === 'high' ? state.sum : 0
  return state
}

describe('The values of a record', () => {
  test('are what the writer wrote, then what is suggested, and computed always, in whatever order fields are declared and written', async () => {
    await fc.assert(
      fc.asyncProperty(orders, writing, fc.array(writing, { maxLength: 4 }), async (order, first, more) => {
        const model = modelOf(order)
        const { version, ...begun } = (await settled(model, null, first)).values
        expect(version).toBe(1)
        let state: Values = { ...expected(null, {}), ...begun }
        expect(state).toEqual(expected(null, first))
        for (const written of more) {
          const turned = Object.fromEntries(Object.entries(written).reverse())
          const { values, errors } = await settled(model, state, turned)
          expect(errors).toEqual([])
          const next = expected(state, written)
          expect({ ...state, ...values }).toEqual(next)
          state = next
        }
      }),
      runs(300, 5000),
    )
  })
  test('once settled stay as they are: settled again, written again, computed again', async () => {
    const model = modelOf(Object.keys(fields))
    await fc.assert(
      fc.asyncProperty(writing, async (first) => {
        const { values } = await settled(model, null, first)
        const state = { ...expected(null, {}), ...values }
        expect((await settled(model, state, {})).values).toEqual({})
        expect((await settled(model, state, {}, true)).values).toEqual({})
        for (const [name, value] of Object.entries((await settled(model, state, values)).values))
          expect(same(state[name], value), name).toBe(true)
      }),
      runs(300, 5000),
    )
  })
  test('that break a check are refused with its sentence, where a value that it reads has changed', async () => {
    const model = modelOf(Object.keys(fields))
    const { errors } = await settled(model, null, { level: 'high', b: 20_000 })
    expect(errors).toMatchObject([{ field: 'far', code: 'thing.small' }])
    const broken = expected(null, { level: 'high', b: 20_000 })
    expect((await settled(model, broken, { once: 1 })).errors).toEqual([])
    expect((await settled(model, broken, { b: 30_000 })).errors).toHaveLength(1)
  })
  test('that code came to must fit the field', async () => {
    const { errors } = await settled(modelOf(Object.keys(fields)), null, { guess: 2 ** 31 - 1, b: 2 ** 31 - 1 })
    expect(errors).toMatchObject([{ field: 'sum', code: 'field.not_integer' }])
  })
})

describe('Two values are the same', () => {
  const scalar = modelOf(Object.keys(fields)).fields.get('a')!
  test('when the database would find nothing to change', () => {
    expect(same(undefined, null)).toBe(true)
    expect(same(new Date(5), new Date(5))).toBe(true)
    expect(same({ id: 'x', label: 'X' }, 'x')).toBe(true)
    expect(same({ a: 1, b: { d: 1, c: [1, 2] } }, { b: { c: [1, 2], d: 1 }, a: 1 }, scalar)).toBe(true)
    expect(same([1, 2], [2, 1])).toBe(false)
    expect(same(0, null)).toBe(false)
    expect(same({ id: 'x', more: 1 }, { id: 'x', more: 2 }, scalar)).toBe(false)
  })
  test('as any JSON value and its copy with the keys in another order are', () => {
    const turned = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(turned)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, each]) => [key, turned(each)]),
            )
          : value
    fc.assert(fc.property(fc.jsonValue(), (value) => same(value, turned(value), scalar)))
  })
})
