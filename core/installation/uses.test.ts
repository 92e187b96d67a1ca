/** Shipped records that go with their module: who uses them is named, and another one takes their place. */
import { after, data, defineModel, defineModule, extend, type Fields, type Model, p } from '@tessera/core'
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { deployments } from '../../test/fixtures/deployments.ts'
import { dataOf } from '../../test/fixtures/versions.ts'
import { shippedId } from '../model/shipped.ts'

const flavorFields = { name: p.string(), like: () => p.manyToOne(Flavor).nullable() }
interface Flavor extends Fields<typeof flavorFields> {
  seasonal: boolean | null
}
const Flavor: Model<Flavor> = defineModel('flavor', flavorFields, { title: 'name' })
const coneFields = { name: p.string(), flavor: () => p.manyToOne(Flavor), toppings: () => p.manyToMany(Flavor) }
interface Cone extends Fields<typeof coneFields> {}
const Cone: Model<Cone> = defineModel('cone', coneFields, { title: 'name' })
const saleFields = { name: p.string(), flavor: () => p.manyToOne(Flavor) }
interface Sale extends Fields<typeof saleFields> {}
const Sale: Model<Sale> = defineModel('sale', saleFields, { title: 'name', appendOnly: true })
const standFields = { name: p.string(), best: () => p.manyToOne(Flavor) }
interface Stand extends Fields<typeof standFields> {}
const Stand: Model<Stand> = defineModel('stand', standFields, { title: 'name' })
const promiseFields = { name: p.string(), flavor: () => p.manyToOne(Flavor) }
interface Promised extends Fields<typeof promiseFields> {}
const Promised: Model<Promised> = defineModel('promised', promiseFields, { title: 'name' })

const replaced: string[] = []
const parlor = defineModule({
  name: 'parlor',
  models: [Flavor, Cone, Sale],
  data: [data(Flavor, { mint: { name: 'Mint' } })],
  events: [after(Cone, ['flavor'], (cone) => replaced.push(cone.name))],
})
/** Comes with flavors, of which one is like another, with a model of its own, and with a field on the flavors of everybody. */
const summer = defineModule({
  name: 'summer',
  depends: [parlor],
  models: [Stand],
  extends: [extend(Flavor, { seasonal: p.boolean().nullable() })],
  data: [data(Flavor, { lime: { name: 'Lime' }, yuzu: { name: 'Yuzu', like: { '~shipped': 'flavor.lime' } }, kiwi: { name: 'Kiwi' } })],
})
const winter = defineModule({ name: 'winter', depends: [parlor], data: [data(Flavor, { plum: { name: 'Plum' } })] })
const ledger = defineModule({ name: 'ledger', depends: [parlor], models: [Promised] })
const [mint, lime, yuzu, kiwi] = ['mint', 'lime', 'yuzu', 'kiwi'].map((key) => shippedId(`flavor.${key}`)) as [
  string,
  string,
  string,
  string,
]

const desk = deployments(inject('postgresUrl'))
beforeEach(async () => {
  await desk.to([parlor, summer, ledger])
  const records = await desk.records()
  await records.create(Stand, { name: 'At the beach', best: lime })
  await records.createMany(Cone, [
    { name: 'one', flavor: lime, toppings: [mint, lime] },
    { name: 'two', flavor: lime, toppings: [yuzu] },
    { name: 'three', flavor: mint, toppings: [] },
  ])
  await records.create(Sale, { name: 'sold', flavor: lime })
  await records.create(Promised, { name: 'promised', flavor: lime })
  await desk.app.queue.drain()
})

const remaining = [parlor, ledger]
const uninstalling = { disabled: ['ledger'], verb: 'uninstall' } as const

describe('A module that leaves', () => {
  test('has its records counted that others use, those of disabled modules too, not those that go themselves', async () => {
    await desk.to([parlor, summer, ledger], { disabled: ['ledger'] })
    const plan = await desk.plan(remaining, uninstalling)
    expect(dataOf(plan)).toEqual({ 'flavor.lime': 'in use', 'flavor.yuzu': 'in use', 'flavor.kiwi': 'removed' })
    expect(plan.data.find(({ key }) => key === 'flavor.lime')).toMatchObject({
      label: 'Lime',
      module: 'summer',
      uses: [
        { model: 'cone', field: 'flavor', count: 2 },
        { model: 'cone', field: 'toppings', count: 1 },
        { model: 'sale', field: 'flavor', count: 1 },
        { model: 'promised', field: 'flavor', count: 1 },
      ],
    })
    expect(plan.refusals.map(({ code }) => code)).toEqual(['module.record_in_use', 'module.record_in_use'])
    await expect(desk.to(remaining, uninstalling)).rejects.toMatchObject({ code: 'module.record_in_use' })
  })

  test('goes when others take the place of its records: everywhere, as a change that listeners hear of', async () => {
    await desk.to([parlor, summer, ledger], { disabled: ['ledger'] })
    replaced.length = 0
    const replace = { 'flavor.lime': 'flavor.mint', 'flavor.yuzu': mint }
    const plan = await desk.to(remaining, { ...uninstalling, replace })
    expect(plan.data.map(({ key, change, by }) => [key, change, by])).toEqual([
      ['flavor.kiwi', 'removed', undefined],
      ['flavor.lime', 'replaced', 'Mint'],
      ['flavor.yuzu', 'replaced', 'Mint'],
    ])
    const { run } = desk
    expect(await run('select id from flavor')).toEqual([{ id: mint }])
    expect(await run('select name, version from cone where flavor_id is not null order by name')).toEqual([
      { name: 'one', version: 3 },
      { name: 'three', version: 1 },
      { name: 'two', version: 3 },
    ])
    expect(await run('select distinct flavor_id as id from cone_toppings')).toEqual([{ id: mint }])
    expect(await run('select flavor_id as id from sale union all select flavor_id from promised')).toEqual([{ id: mint }, { id: mint }])
    expect(await run(`select key from tessera_shipped order by key`)).toEqual([{ key: 'flavor.mint' }])
    expect(await run(`select to_regclass('stand') as there`)).toEqual([{ there: null }])
    await desk.app.queue.drain()
    expect(replaced.sort()).toEqual(['one', 'two'])
  })

  test('stays where the replacement does not exist, or leaves as well', async () => {
    const expected = { 'flavor.lemon': 'data.no_replacement', nothing: 'data.no_replacement' }
    const leaving = { [kiwi]: 'data.leaving_replacement', [yuzu]: 'data.leaving_replacement' }
    for (const [by, code] of Object.entries({ ...expected, ...leaving })) {
      const plan = await desk.plan(remaining, { verb: 'uninstall', replace: { 'flavor.lime': by, 'flavor.yuzu': mint } })
      expect([by, plan.refusals.map((refusal) => refusal.code)]).toEqual([by, [code]])
    }
  })

  test('stays where the replacement comes from a disabled module: nobody may choose that', async () => {
    await desk.to([parlor, summer, ledger, winter])
    await desk.to([parlor, summer, ledger, winter], { disabled: ['winter'] })
    for (const by of ['flavor.plum', shippedId('flavor.plum')]) {
      const replace = { 'flavor.lime': by, 'flavor.yuzu': mint }
      const { refusals } = await desk.plan([...remaining, winter], { verb: 'uninstall', disabled: ['winter'], replace })
      expect(refusals).toMatchObject([
        {
          code: 'data.withheld_replacement',
          sentence: `"${by}" cannot take the place of "Lime" (flavor.lime), because it comes from the module "winter", which is disabled.`,
          hint: 'Name another one, or enable "winter" first.',
        },
      ])
    }
  })
})
