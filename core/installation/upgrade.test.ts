/** Shipped records through upgrades: what an administrator did stays, everything else follows its module. */
import { data, defineModel, defineModule, type Fields, type Model, type Module, migration, p, translated } from '@tessera/core'
import { describe, expect, inject, test } from 'vitest'
import { deployments } from '../../test/fixtures/deployments.ts'
import { dataOf } from '../../test/fixtures/versions.ts'
import { shippedId } from '../model/shipped.ts'

const flavorFields = { code: p.string(), name: translated(), price: p.integer().default(3), season: p.string().nullable() }
interface Flavor extends Fields<typeof flavorFields> {}
const Flavor: Model<Flavor> = defineModel('flavor', flavorFields, {
  title: 'name',
  code: 'code',
  unique: { code: { of: ['code'], else: 'Taken.' } },
})
const comboFields = { name: p.string(), base: () => p.manyToOne(Flavor), extras: () => p.manyToMany(Flavor) }
interface Combo extends Fields<typeof comboFields> {}
const Combo: Model<Combo> = defineModel('combo', comboFields, { title: 'name' })

type Flavors = Parameters<typeof data<Flavor, string>>[1]
type Combos = Parameters<typeof data<Combo, string>>[1]
const parlor = (flavors: Flavors, combos: Combos = {}): Module =>
  defineModule({ name: 'parlor', models: [Flavor, Combo], data: [data(Flavor, flavors), data(Combo, combos)] })

const desk = deployments(inject('postgresUrl'))
const to = (module: Module) => desk.to([module])
const { records } = desk
const stored = async (key: string) => {
  const [row] = await desk.app.connection.run('select name, price, season, version from flavor where id = $1', [shippedId(key)])
  return row
}
const id = (key: string) => shippedId(`flavor.${key}`)

describe('An upgrade', () => {
  test('takes what the module changed, field by field, where nobody changed it here', async () => {
    await to(parlor({ mint: { code: 'mint', name: 'Mint', price: 3 }, lime: { code: 'lime', name: 'Lime', price: 2 } }))
    await (await records()).update(Flavor, id('mint'), { price: 5 })
    const next = parlor({ mint: { code: 'mint', name: 'Peppermint', price: 3 }, lime: { code: 'lime', name: 'Lime', price: 4 } })
    const plan = await to(next)
    expect(dataOf(plan)).toEqual({ 'flavor.mint': 'changed', 'flavor.lime': 'changed' })
    expect(plan.data[0]!.fields).toEqual([
      { field: 'name.en', before: 'Mint', now: 'Peppermint', here: 'Mint' },
      { field: 'price', before: 3, now: 3, here: 5 },
    ])
    expect(await stored('flavor.mint')).toMatchObject({ name: { en: 'Peppermint' }, price: 5 })
    expect(await stored('flavor.lime')).toMatchObject({ name: { en: 'Lime' }, price: 4 })
  })

  test('leaves what both changed as it is here, and says so once', async () => {
    await to(parlor({ mint: { code: 'mint', name: 'Mint', price: 3 } }))
    await (await records()).update(Flavor, id('mint'), { price: 5 })
    const plan = await to(parlor({ mint: { code: 'mint', name: 'Mint', price: 4 } }))
    expect(plan.data).toMatchObject([
      { key: 'flavor.mint', label: 'Mint', change: 'conflict', fields: [{ field: 'price', before: 3, now: 4, here: 5 }] },
    ])
    expect(await stored('flavor.mint')).toMatchObject({ price: 5 })
    // From then on it is only the administrator who has another price.
    expect(dataOf(await desk.plan([parlor({ mint: { code: 'mint', name: 'Mint', price: 4 } })]))).toEqual({
      'flavor.mint': 'kept',
    })
  })

  test('merges each language of a text, whatever language somebody reads in', async () => {
    await to(parlor({ mint: { code: 'mint', name: { en: 'Mint', fr: 'Menthe' } } }))
    await (await records()).update(Flavor, id('mint'), { name: { en: 'Mint', fr: 'Menthe fraîche', ar: 'نعناع' } })
    await to(parlor({ mint: { code: 'mint', name: { en: 'Fresh mint', fr: 'Menthe', de: 'Minze' } } }))
    expect(await stored('flavor.mint')).toMatchObject({ name: { en: 'Fresh mint', fr: 'Menthe fraîche', ar: 'نعناع', de: 'Minze' } })
  })

  test('takes the value of a field that is new, or has another name', async () => {
    await to(parlor({ mint: { code: 'mint', name: 'Mint', price: 3, season: 'summer' }, lime: { code: 'lime', name: 'Lime', price: 4 } }))
    const grownFields = {
      code: p.string(),
      name: translated(),
      cost: p.integer().default(3),
      season: p.string().nullable(),
      stars: p.integer().default(1),
    }
    interface Grown extends Fields<typeof grownFields> {}
    const Grown: Model<Grown> = defineModel('flavor', grownFields, { title: 'name', unique: { code: { of: ['code'], else: 'Taken.' } } })
    const next = defineModule({
      name: 'parlor',
      models: [Grown],
      data: [
        data(Grown, {
          mint: { code: 'mint', name: 'Mint', cost: 5, season: 'summer', stars: 2 },
          lime: { code: 'lime', name: 'Lime', cost: 4, stars: 1 },
        }),
      ],
      migrations: [migration('cost', Grown, { rename: { price: 'cost' } })],
    })
    const plan = await to(next)
    expect(plan.data).toMatchObject([
      {
        key: 'flavor.mint',
        change: 'changed',
        fields: [
          { field: 'cost', before: 3, now: 5, here: 3 },
          { field: 'stars', before: 1, now: 2, here: 1 },
        ],
      },
    ])
    expect(await desk.run('select code, cost, stars from flavor order by code')).toEqual([
      { code: 'lime', cost: 4, stars: 1 },
      { code: 'mint', cost: 5, stars: 2 },
    ])
  })

  test('leaves a record removed that an administrator removed', async () => {
    await to(parlor({ mint: { code: 'mint', name: 'Mint' } }))
    await (await records()).remove(Flavor, id('mint'))
    const plan = await to(parlor({ mint: { code: 'mint', name: 'Peppermint' } }))
    expect(dataOf(plan)).toEqual({ 'flavor.mint': 'kept' })
    expect(await stored('flavor.mint')).toBeUndefined()
  })

  test('leaves a record that its module no longer ships, and says so', async () => {
    await to(parlor({ mint: { code: 'mint', name: 'Mint' }, lime: { code: 'lime', name: 'Lime' } }))
    const plan = await to(parlor({ mint: { code: 'mint', name: 'Mint' } }))
    expect(dataOf(plan)).toEqual({ 'flavor.lime': 'kept' })
    expect(await stored('flavor.lime')).toMatchObject({ name: { en: 'Lime' } })
  })

  test('adds what is new, relations among it, and changes relations', async () => {
    await to(parlor({ mint: { code: 'mint', name: 'Mint' } }))
    const flavors: Flavors = { mint: { code: 'mint', name: 'Mint' }, lime: { code: 'lime', name: 'Lime' } }
    const by = (key: string) => ({ '~shipped': `flavor.${key}` })
    expect(dataOf(await to(parlor(flavors, { cold: { name: 'Cold', base: by('mint'), extras: [by('lime')] } })))).toEqual({
      'flavor.lime': 'added',
      'combo.cold': 'added',
    })
    const plan = await to(parlor(flavors, { cold: { name: 'Cold', base: by('lime'), extras: [by('mint')] } }))
    expect(plan.data[0]!.fields).toEqual([
      { field: 'base', before: 'flavor.mint', now: 'flavor.lime', here: 'flavor.mint' },
      { field: 'extras', before: ['flavor.lime'], now: ['flavor.mint'], here: ['flavor.lime'] },
    ])
    const combo = await (await records()).get(Combo, shippedId('combo.cold'), ['base', 'extras'])
    expect(combo).toMatchObject({ base: { label: 'Lime' }, extras: [{ label: 'Mint' }] })
  })

  test('refuses a new record that one made here is in the way of, and changes nothing', async () => {
    await to(parlor({ mint: { code: 'mint', name: 'Mint' } }))
    await (await records()).create(Flavor, { code: 'lime', name: 'Our lime' })
    const next = parlor({ mint: { code: 'mint', name: 'Peppermint' }, lime: { code: 'lime', name: 'Lime' } })
    await expect(to(next)).rejects.toMatchObject({
      code: 'data.collides',
      message: '"parlor" ships the flavor "Lime" (flavor.lime), and this database has another one with the code "lime".',
    })
    await to(parlor({ mint: { code: 'mint', name: 'Mint' } }))
    expect(await stored('flavor.mint')).toMatchObject({ name: { en: 'Mint' } })
  })

  test('of the same version plans nothing, and writes nothing', async () => {
    const flavors: Flavors = { mint: { code: 'mint', name: { en: 'Mint', fr: 'Menthe' }, season: '' } }
    await to(parlor(flavors, { cold: { name: 'Cold', base: { '~shipped': 'flavor.mint' }, extras: [] } }))
    const before = await stored('flavor.mint')
    expect((await to(parlor(flavors, { cold: { name: 'Cold', base: { '~shipped': 'flavor.mint' }, extras: [] } }))).data).toEqual([])
    expect(await stored('flavor.mint')).toEqual(before)
  })

  test('of a database that knows no modules of shipped records learns them', async () => {
    await to(parlor({ mint: { code: 'mint', name: 'Mint' } }))
    await desk.run('update tessera_shipped set module = null')
    await to(parlor({ mint: { code: 'mint', name: 'Mint' } }))
    expect(await desk.run('select key, module from tessera_shipped')).toEqual([{ key: 'flavor.mint', module: 'parlor' }])
  })
})
