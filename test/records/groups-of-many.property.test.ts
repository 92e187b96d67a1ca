/** Groups by a relation to many, against counting by hand: what somebody may not read is none, and each record counts once in each group. */
import base, { Role } from '@tessera/base'
import { data, defineModel, defineModule, type Fields, type Model, p, type Records, role } from '@tessera/core'
import { bootTest, signedInAs, type TestApp } from '@tessera/core/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'

const labelFields = { name: p.string(), secret: p.boolean().default(false) }
interface Label extends Fields<typeof labelFields> {}
const Label: Model<Label> = defineModel('label', labelFields, { title: 'name' })

const boxFields = { name: p.string(), stamps: () => p.manyToMany(Label) }
interface Box extends Fields<typeof boxFields> {}
const Box: Model<Box> = defineModel('box', boxFields, { title: 'name' })

const thingFields = {
  kind: p.enum(['big', 'small']).nullable(),
  weight: p.integer().nullable(),
  hidden: p.boolean().default(false),
  box: () => p.manyToOne(Box).nullable(),
  labels: () => p.manyToMany(Label),
}
interface Thing extends Fields<typeof thingFields> {}
const Thing: Model<Thing> = defineModel('thing', thingFields, { title: 'kind' })

const narrow = role('narrow')
const wide = role('wide')
const store = defineModule({
  name: 'store',
  depends: [base],
  models: [Label, Box, Thing],
  roles: [narrow, wide],
  data: [data(Role, { narrow: { name: narrow.name, label: 'Narrow' }, wide: { name: wide.name, label: 'Wide' } })],
  permissions: [
    narrow.can('read', Label, { secret: false }),
    narrow.can('read', Box),
    narrow.can('read', Thing, { hidden: false }),
    // Of small things only whoever may read all knows the labels.
    narrow.cannot('read', Thing, { kind: 'small' }, ['labels']),
    wide.can('read', Label),
    wide.can('read', Box),
    wide.can('read', Thing),
  ],
})

interface Made {
  readonly kind: 'big' | 'small' | null
  readonly weight: number | null
  readonly hidden: boolean
  readonly box: string | null
  readonly labels: readonly string[]
}

let app: TestApp
let labels: readonly string[]
let stampsOf: ReadonlyMap<string, readonly string[]>
const things: Made[] = []
const readers: Record<string, Records> = {}

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), [base, store])
  const { records } = await app.servicesFor({ door: 'system' })
  labels = await records.createMany(Label, [{ name: 'Red' }, { name: 'Blue' }, { name: 'Green' }, { name: 'Secret', secret: true }])
  const stamps = [[], [labels[0]!], [labels[3]!, labels[1]!]]
  const boxes = await records.createMany(
    Box,
    stamps.map((of, at) => ({ name: `Box ${at}`, stamps: of })),
  )
  stampsOf = new Map(boxes.map((id, at) => [id, stamps[at]!]))
  const made: fc.Arbitrary<Made> = fc.record({
    kind: fc.constantFrom('big', 'small', null),
    weight: fc.constantFrom(null, 0, 1, 7),
    hidden: fc.constantFrom(false, false, true),
    box: fc.constantFrom(null, ...boxes),
    labels: fc.subarray([...labels]),
  })
  things.push(...fc.sample(made, { numRuns: 120, seed: 5 }))
  await records.createMany(Thing, things as never)
  for (const each of ['narrow', 'wide']) readers[each] = (await (await signedInAs(app, each)).services()).records
})
afterAll(() => app?.close())

const shownTo = (who: string, { kind, ...thing }: Made): readonly string[] =>
  who === 'wide' ? thing.labels : kind === 'small' ? [] : thing.labels.filter((id) => id !== labels[3])
const stampsTo = (who: string, { box }: Made): readonly string[] =>
  (box ? stampsOf.get(box)! : []).filter((id) => who === 'wide' || id !== labels[3])

/** By what each level tells a thing. */
const valuesOf: Readonly<Record<string, (who: string, thing: Made) => readonly (string | null)[]>> = {
  labels: (who, thing) => orNone(shownTo(who, thing)),
  'box.stamps': (who, thing) => orNone(stampsTo(who, thing)),
  kind: (_, { kind }) => [kind],
  box: (_, { box }) => [box],
}
const orNone = (ids: readonly string[]) => (ids.length > 0 ? ids : [null])

function counted(who: string, by: readonly string[], where: Partial<Pick<Made, 'kind'>>, only: readonly string[] | undefined) {
  const groups = new Map<string, [count: number, weight: number | null]>()
  for (const thing of things) {
    if ((who === 'narrow' && thing.hidden) || ('kind' in where && thing.kind !== where.kind)) continue
    const keys = by.reduce<readonly (readonly (string | null)[])[]>(
      (all, level) => all.flatMap((before) => valuesOf[level]!(who, thing).map((value) => [...before, value])),
      [[]],
    )
    for (const key of keys) {
      if (only && by.includes('labels') && !only.includes(key[by.indexOf('labels')] ?? '')) continue
      const [count, weight] = groups.get(JSON.stringify(key)) ?? [0, null]
      groups.set(JSON.stringify(key), [count + 1, thing.weight === null ? weight : (weight ?? 0) + thing.weight])
    }
  }
  return groups
}

const keyOf = (value: unknown) => (typeof value === 'object' && value !== null && 'id' in value ? value.id : value)

it('Each record counts in the group of each related record that one may read, and without any in that of none', async () => {
  const asked = fc.record({
    who: fc.constantFrom('narrow', 'wide'),
    by: fc.shuffledSubarray(Object.keys(valuesOf), { minLength: 1, maxLength: 3 }),
    where: fc.constantFrom({}, { kind: 'big' as const }),
    only: fc.option(fc.subarray(['', ...labels.slice(0, 3), 'no id']), { nil: undefined }),
  })
  await fc.assert(
    fc.asyncProperty(asked, async ({ who, by, where, only }) => {
      const ask = { by, where, measures: ['count', 'weight:sum'], ...(only && { only: { labels: only } }) }
      const groups = await readers[who]!.group(Thing, ask as never)
      const found = groups.map((row) => [JSON.stringify(by.map((level) => keyOf(row[level]))), [row.count, row['weight:sum']]])
      expect(new Map(found as never)).toEqual(counted(who, by, where, only))
      expect(found).toHaveLength(new Set(found.map(([key]) => key)).size)
    }),
    { numRuns: 80, seed: 11 },
  )
}, 120_000)

it('What leads to many is measured by nothing and sorted by nothing, and has no days', async () => {
  const { wide: records } = readers
  for (const ask of [
    { by: ['kind'], measures: ['labels:distinct'] },
    { by: ['kind'], measures: ['labels:sum'] },
    { by: ['labels:month'] },
    { by: ['labels.name'] },
  ])
    await expect(records!.group(Thing, ask as never)).rejects.toMatchObject({ status: 400 })
  await expect(records!.query(Thing, { fields: [], order: { labels: 'asc' } } as never)).rejects.toMatchObject({
    code: 'request.not_comparable',
  })
})

it('The table between is found by either side: what a thing has, and which things have it', async () => {
  const rows = await app.connection.run(`select indexdef as c0 from pg_indexes where tablename = 'thing_labels' order by 1`, [])
  expect(rows.map(({ c0 }) => /\((.*)\)/.exec(String(c0))?.[1])).toEqual(['label_id', 'thing_id, label_id'])
})
