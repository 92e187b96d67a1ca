/** Roles on the command line: who has which, and why somebody may do something. */
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { type Deployment, deployment } from './deployment.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

let database: TestDatabase
let cli: Deployment
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'cli_roles' })
  cli = await deployment({ DATABASE_URL: database.url })
  await cli.tessera('db migrate')
  for (const [name, role] of [
    ['root', 'administrator'],
    ['amara', 'agent'],
  ])
    await cli.tessera(`user create ${name}@example.org --role ${role} --name ${name === 'amara' ? '"Amara Diallo"' : 'Root'}`)
})
afterAll(async () => {
  await cli?.remove()
  await database?.drop()
})

describe('tessera role', () => {
  test('lists the roles with what they include and how many have them', async () => {
    const { out } = await cli.tessera('role list')
    expect(out).toMatch(/^NAME +LABEL +INCLUDES +USERS\n/)
    expect(out).toMatch(/\nagent +Agent +viewer +1\n/)
    expect((await cli.tessera('role list --json')).json()).toContainEqual({
      name: 'manager',
      label: 'Manager',
      includes: ['agent'],
      users: 0,
    })
  })

  test('grants and revokes one', async () => {
    const granted = await cli.tessera('role grant amara@example.org manager')
    expect(granted).toMatchObject({ code: 0, out: 'amara@example.org has the role manager now. All: agent, manager.\n' })
    expect((await cli.tessera('role revoke amara@example.org manager --json')).json()).toEqual({
      email: 'amara@example.org',
      role: 'manager',
      roles: ['agent'],
    })
    const wrong = await cli.tessera('role grant amara@example.org manger')
    expect(wrong.code).toBe(1)
    expect(wrong.err).toContain('There is no role "manger".\nhint: Did you mean "manager"?')
    expect((await cli.tessera('role grant amar@example.org manager')).err).toContain('Did you mean "amara@example.org"?')
    expect((await cli.tessera('role grant amara@example.org')).code).toBe(2)
    expect((await cli.tessera('role grant amara@example.org manager --user amara@example.org')).code).toBe(6)
  })

  test('explains: in words for people, as JSON for programs, and ends with 0 either way', async () => {
    const no = await cli.tessera('role explain amara@example.org delete ticket')
    expect(no.code).toBe(0)
    expect(no.out).toContain('No. None of the roles of Amara Diallo has a rule that allows it.')
    const yes = await cli.tessera('role explain amara@example.org update ticket')
    expect(yes.code).toBe(0)
    expect(yes.out).toContain('Yes, with some of them: where a rule holds.')
    expect(yes.out).toMatch(/Roles\n {2}Agent\n {2}Viewer, through Agent\n {2}Staff, through Agent → Viewer\n/)
    expect(yes.out).toMatch(/Rule 1 {2}Agent, allows Update, ticket\n/)
    expect(yes.out).toContain('· Team is one of the user’s teams')
    const json = (await cli.tessera('role explain amara@example.org update ticket --json')).json()
    expect(json).toMatchObject({ allowed: true, reach: 'some', rules: [{ role: 'agent', holds: null }] })
    const right = await cli.tessera('role explain root@example.org view-as')
    expect(right.out).toContain('Has Root this right: look as another user?\nYes. As Administrator, Root may do everything.')
    expect(right.out).not.toContain('fields')
    expect((await cli.tessera('role explain amara@example.org updte ticket')).err).toContain('Did you mean "update"?')
  })

  test('explains about one record what it has and what does not hold', async () => {
    const { rules } = (await cli.tessera('role explain amara@example.org read user --json')).json()
    const fields = rules.map((rule: { role: string; fields: readonly string[] }) => `${rule.role}: ${rule.fields}`)
    expect(fields).toEqual(expect.arrayContaining(['viewer: name,staff', 'viewer: email,active,teams']))
    const { out } = await cli.tessera('role explain amara@example.org update user root@example.org')
    expect(out).toContain('No. The one rule of Amara Diallo that could allow it does not hold.')
    expect(out).toContain('✗ User is the user  (Root)')
    expect(out).toContain('Fields: Name, Language, Time zone')
  })

  test('tells only administrators, when it acts for somebody', async () => {
    const words = 'role explain root@example.org update ticket --user'
    expect((await cli.tessera(`${words} amara@example.org`)).code).toBe(6)
    expect((await cli.tessera(`${words} root@example.org`)).out).toContain('Yes. As Administrator, Root may do everything.')
  })
})
