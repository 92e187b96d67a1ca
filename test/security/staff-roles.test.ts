/** A database that was made before roles told who works here: its upgrade tells it, whatever was changed here meanwhile. */
import base, { Role, User } from '@tessera/base'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { App } from '../../core/app.ts'
import { shippedId } from '../../core/model/shipped.ts'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { dataOf, deploy } from '../fixtures/versions.ts'

let database: TestDatabase
let app: App | undefined
const people: Readonly<Record<string, string>> = { Ana: 'agent', Fatou: 'customer', Omar: 'auditor', Ravi: 'manager' }

beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'))
  app = (await deploy(database.url, { modules: [base] })).app
  const system = await app.servicesFor({ door: 'system' })
  await system.records.create(Role, { name: 'auditor', label: 'Auditor', includes: [{ code: 'viewer' }] })
  await system.records.update(Role, shippedId('role.agent'), { description: 'Answers the telephone.' })
  for (const [name, role] of Object.entries(people))
    await system.identity.createUser({ email: `${name.toLowerCase()}@example.org`, name, roles: [role] })
  // As it was then: neither the column, nor what was shipped in it, nor what the modules of now say of themselves.
  await app.connection.run(`update tessera_state set value = '"older"' where key = 'fingerprint'`, [])
  await app.connection.run(`delete from tessera_state where key = 'manifest'`, [])
  await app.connection.run('alter table role drop column staff', [])
  await app.connection.run(
    `update tessera_shipped set value = (value::jsonb - 'staff')::text where key like 'role.%' and value::jsonb ? 'staff'`,
    [],
  )
  await app.close()
})
afterAll(async () => {
  await app?.close()
  await database?.drop()
})

describe('An upgrade of a database whose roles do not tell who works here', () => {
  it('tells it for every shipped role, changed here or not, and leaves what was changed', async () => {
    const deployed = await deploy(database.url, { modules: [base] })
    app = deployed.app
    const roles = ['administrator', 'manager', 'agent', 'viewer', 'staff', 'customer']
    expect(dataOf(deployed.plan)).toMatchObject(Object.fromEntries(roles.map((name) => [`role.${name}`, 'changed'])))
    const { records } = await app.servicesFor({ door: 'system' })
    const { rows } = await records.query(Role, { fields: ['name', 'staff', 'description'], limit: 50 })
    expect(Object.fromEntries(rows.map(({ name, staff }) => [name, staff]))).toEqual({
      administrator: true,
      manager: true,
      agent: true,
      viewer: true,
      staff: true,
      customer: false,
      // Made here: it is the role that it includes which tells it.
      auditor: null,
    })
    expect(rows.find(({ name }) => name === 'agent')?.description).toBe('Answers the telephone.')
  })

  it('knows its people again: who works here, and who only signs in', async () => {
    const { records } = await app!.servicesFor({ door: 'system' })
    const { rows } = await records.query(User, { fields: ['name', 'staff'], where: { name: { $in: Object.keys(people) } } })
    expect(Object.fromEntries(rows.map(({ name, staff }) => [name, staff]))).toEqual({ Ana: true, Fatou: false, Omar: true, Ravi: true })
    expect(await records.count(User, { where: { staff: true, name: { $in: Object.keys(people) } } })).toBe(3)
  })

  it('has nothing to tell a second time', async () => {
    await app?.close()
    const { app: again, plan } = await deploy(database.url, { modules: [base] })
    app = again
    expect(plan.data.filter(({ change }) => change === 'changed')).toEqual([])
  })
})
