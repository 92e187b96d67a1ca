import { User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, houseRules, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Partner, PartnerTag } from './index.ts'

houseRules('partner')

describe('A partner', () => {
  let app: TestApp
  let records: Services['records']

  beforeAll(async () => {
    app = await bootTest(inject('postgresUrl'), ['partner'])
    records = (await app.servicesFor({ door: 'cli' })).records
  })
  afterAll(() => app.close())

  it('is a person unless told, and active', async () => {
    expect(await records.create(Partner, { name: 'Fatou Camara' })).toMatchObject({ kind: 'person', active: true, invented: false })
  })

  it('has a company that knows its contacts, and is never its own', async () => {
    const company = await records.create(Partner, { name: 'Brikama Mills', kind: 'company' })
    await records.createMany(Partner, [
      { name: 'Awa Jallow', company: company.id },
      { name: 'Ousman Bah', company: company.id },
    ])
    expect(await records.count(Partner, { where: { company: { name: 'Brikama Mills' } } })).toBe(2)
    expect(await records.count(Partner, { where: { contacts: { name: 'Awa Jallow' } } })).toBe(1)
    await expect(records.update(Partner, company.id, { company: company.id })).rejects.toMatchObject({
      errors: [{ field: 'company', code: 'partner.own_company', values: { name: 'Brikama Mills' } }],
    })
  })

  it('is found by its external id, of which there is one', async () => {
    await records.create(Partner, { name: 'Registered', externalId: 'P-1' })
    await expect(records.create(Partner, { name: 'Again', externalId: 'P-1' })).rejects.toMatchObject({
      errors: [{ field: 'externalId', code: 'partner.external_id' }],
    })
    await records.createMany(Partner, [{ name: 'Without' }, { name: 'Without' }])
  })

  it('carries tags', async () => {
    const tag = await records.create(PartnerTag, { name: 'supplier' })
    const { id } = await records.create(Partner, { name: 'Mills', tags: [tag.id] })
    const { rows } = await records.query(Partner, { fields: ['tags'], where: { tags: { name: 'supplier' } } })
    expect(rows).toMatchObject([{ id, tags: [{ label: 'supplier' }] }])
  })

  it('is read by the customer who it is, and by no other', async () => {
    const own = await records.create(Partner, { name: 'Omar Haddad' })
    const { identity } = await app.servicesFor({ door: 'cli' })
    const user = await identity.createUser({ email: 'omar@example.org', name: 'Omar', roles: ['customer'] })
    const customer = () => app.servicesFor({ door: 'api', user: user.id })
    // Nobody yet: an empty placeholder matches nothing, and not the partners without something.
    expect(await (await customer()).records.count(Partner)).toBe(0)
    await records.update(User, user.id, { partner: own.id })
    const { rows } = await (await customer()).records.query(Partner, { fields: ['name'] })
    expect(rows).toMatchObject([{ name: 'Omar Haddad' }])
    // What he may not read does not exist for him; so he cannot become somebody else.
    await expect((await customer()).records.update(User, user.id, { partner: null })).rejects.toMatchObject({
      code: 'request.unknown_field',
    })
  })
})
