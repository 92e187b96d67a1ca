import { Team, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, houseRules, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { History } from './index.ts'

houseRules('thread')

describe('The history', () => {
  let app: TestApp
  let system: Services
  let ada: string
  const as = async (role: string): Promise<Services> => {
    const { id } = await system.identity.createUser({ email: `${role}@example.org`, name: role, roles: [role] })
    return app.servicesFor({ door: 'web', user: id })
  }

  beforeAll(async () => {
    app = await bootTest(inject('postgresUrl'), ['thread'])
    system = await app.servicesFor({ door: 'cli' })
    ada = (await system.identity.createUser({ email: 'ada@example.org', name: 'Ada', roles: ['agent'] })).id
  })
  afterAll(() => app.close())

  it('keeps tracked fields with their old and new values, and no others', async () => {
    await system.records.update(User, ada, { name: 'Ada L.', zone: 'Europe/Paris' })
    const [latest] = await system.records.history(User, ada)
    expect(latest).toMatchObject({ field: 'name', old: 'Ada', new: 'Ada L.', actor: null, door: 'cli' })
    const fields = (await system.records.history(User, ada)).map(({ field }) => field)
    expect(fields).toEqual(['name', null])
  })

  it('is listed as a whole by administrators only', async () => {
    const [administrator, manager] = [await as('administrator'), await as('manager')]
    expect(await administrator.records.count(History)).toBeGreaterThan(0)
    expect(await manager.records.count(History)).toBe(0)
    await expect(manager.records.query(History, { fields: ['field'] })).rejects.toMatchObject({ code: 'request.unknown_field' })
  })

  it('is never changed, not even by the system', async () => {
    const records = system.asSystem('The test tries what nobody may.')
    const { rows } = await records.query(History, { fields: ['field'], limit: 1 })
    await expect(records.update(History, rows[0]!.id, { field: 'email' })).rejects.toMatchObject({ code: 'record.append_only' })
    await expect(records.remove(History, rows[0]!.id)).rejects.toMatchObject({ status: 403 })
  })

  it('leaves out what is not tracked', async () => {
    const { id } = await system.records.create(Team, { name: 'Night shift' })
    expect(await system.records.history(Team, id)).toEqual([])
  })
})
