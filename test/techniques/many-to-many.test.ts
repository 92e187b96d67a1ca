import { Partner } from '@tessera/partner'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import skills, { Skill } from '../fixtures/many-to-many.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

let shop: Workshop
let amara: string
let fatou: string
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), skills)
  fatou = shop.partner
  amara = (await shop.services.records.create(Partner, { name: 'Amara' })).id
  await shop.services.records.createMany(Skill, [{ code: 'welding' }, { code: 'wiring' }])
})
afterAll(() => shop.app.close())

const labels = (related: readonly { label: string }[]): readonly string[] => related.map(({ label }) => label)
const skillsOf = async (id: string) => labels((await shop.ask('GET', `/api/partners/${id}?fields=skills`)).body.data.skills)

describe('A many-to-many', () => {
  it('is written as a whole by the ids or the codes of the records, from either side', async () => {
    const { body } = await shop.ask('PATCH', `/api/partners/${amara}`, { skills: [{ code: 'wiring' }, { code: 'welding' }] })
    expect(labels(body.data.skills)).toEqual(['welding', 'wiring'])
    await shop.ask('PATCH', `/api/partners/${amara}`, { skills: [{ code: 'wiring' }] })
    expect(await skillsOf(amara)).toEqual(['wiring'])
    const painting = await shop.ask('POST', '/api/skills', { code: 'painting', people: [amara, fatou, amara] })
    expect(labels(painting.body.data.people)).toEqual(['Amara', 'Fatou Camara'])
    expect(await skillsOf(amara)).toEqual(['painting', 'wiring'])
    expect((await shop.ask('PATCH', `/api/partners/${fatou}`, { skills: [] })).body.data.skills).toEqual([])
  })

  it('raises the version and enters the history only when it changes', async () => {
    const { records } = shop.services
    const { id } = await records.create(Skill, { code: 'baking', people: [fatou] })
    expect(await records.update(Skill, id, { people: [fatou] })).toMatchObject({ version: 1 })
    expect(await records.update(Skill, id, { people: [fatou, amara] })).toMatchObject({ version: 2 })
    const [latest] = await records.history(Skill, id)
    expect(latest).toMatchObject({
      field: 'people',
      old: [{ id: fatou }],
      new: expect.arrayContaining([expect.objectContaining({ label: 'Amara' }), expect.objectContaining({ label: 'Fatou Camara' })]),
    })
  })

  it('is filtered by, also by what a record has not', async () => {
    const { records } = shop.services
    const found = async (where: object) => (await records.query(Partner, { fields: ['name'], where })).rows.map(({ name }) => name)
    expect(await found({ skills: { code: 'wiring' } })).toEqual(['Amara'])
    expect(await found({ skills: { $null: true } })).toEqual([])
    expect(await found({ $not: { skills: { code: 'wiring' } } })).toEqual(['Fatou Camara'])
    const { body } = await shop.ask('GET', '/api/partners?filter[skills.code]=painting&fields=name')
    expect(body.data).toMatchObject([{ name: 'Amara' }])
  })

  it('of a model with itself goes one way', async () => {
    await shop.ask('PATCH', `/api/partners/${amara}`, { friends: [fatou] })
    const both = (await shop.ask('GET', '/api/partners?fields=friends&sort=name')).body.data
    expect(both).toMatchObject([{ friends: [{ label: 'Fatou Camara' }] }, { friends: [] }])
  })

  it('refuses what is no list of records that there are', async () => {
    for (const skills of ['wiring', [{ code: 'flying' }], ['01a1ffab-5fb8-74ab-9897-4731d1476071']]) {
      const refused = await shop.ask('PATCH', `/api/partners/${amara}`, { skills })
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ field: 'skills' }] } })
    }
    expect(await skillsOf(amara)).toContain('painting')
  })
})
