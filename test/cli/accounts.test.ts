import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { type Deployment, deployment } from './deployment.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let database: TestDatabase
let cli: Deployment
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'cli_accounts' })
  cli = await deployment({ DATABASE_URL: database.url })
})
afterAll(async () => {
  await cli.remove()
  await database.drop()
})

test('A new database waits to be migrated: the status ends with 5, and with 0 afterwards', async () => {
  const before = await cli.tessera('db status --json')
  expect(before.code).toBe(5)
  expect(before.json()).toMatchObject({ upToDate: false, modules: [] })
  expect((await cli.tessera('db migrate --dry-run')).out).toContain('create table "ticket"')
  expect((await cli.tessera('db status')).code).toBe(5)
  expect((await cli.tessera('db migrate')).code).toBe(0)
  const after = await cli.tessera('db status --json')
  expect(after.code).toBe(0)
  expect(after.json()).toMatchObject({ upToDate: true, statements: [] })
  expect((await cli.tessera('db migrate')).out).toBe('The database is up to date.\n')
})

test('A script creates a user and a key, and gets one JSON document of each', async () => {
  const user = await cli.tessera('user create Ada@Example.org --role administrator --name "Ada Byron" --json')
  expect(user.code).toBe(0)
  expect(user.json()).toMatchObject({ email: 'ada@example.org', name: 'Ada Byron', roles: ['administrator'] })
  const key = await cli.tessera('apikey create --user ada@example.org --name CI --json')
  expect(key.code).toBe(0)
  expect(key.json().key).toMatch(/^tk_[\w-]{43}$/)
  expect((await cli.tessera('user list --json')).json()).toMatchObject([{ email: 'ada@example.org', roles: ['administrator'] }])
})

test('Without --json the key alone is on stdout, so that a shell can take it', async () => {
  const { out } = await cli.tessera('apikey create --user ada@example.org --name shell')
  expect(out).toMatch(/^tk_[\w-]{43}\n$/)
})

test('A key is kept to scopes, to so many requests a minute, and to a last day', async () => {
  const made = await cli.tessera(
    'apikey create --user ada@example.org --name reports --scope ticket:read partner:* --per-minute 100 --expires 2127-01-01 --json',
  )
  expect(made.json()).toMatchObject({ scopes: ['ticket:read', 'partner:*'], perMinute: 100, expiresAt: '2127-01-01T23:59:59.000Z' })
  const listed = await cli.tessera('apikey list --json')
  expect(listed.json()).toContainEqual(expect.objectContaining({ name: 'reports', scopes: ['ticket:read', 'partner:*'], perMinute: 100 }))
  expect((await cli.tessera('apikey list')).out).toMatch(/reports .*ticket:read partner:\* +100/)
  const wrong = await cli.tessera('apikey create --user ada@example.org --name wrong --scope everything')
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('a scope such as ticket:read')])
  expect((await cli.tessera('apikey create --user ada@example.org --name wrong --per-minute many')).code).toBe(2)
  expect((await cli.tessera(`apikey revoke ${made.json().id} --yes`)).code).toBe(0)
})

test('What cannot be created is refused with the reason', async () => {
  const twice = await cli.tessera('user create ada@example.org --role agent')
  expect(twice).toMatchObject({ code: 1, out: '' })
  expect(twice.err).toContain('There is already a user with the email address ada@example.org.')
  const role = await cli.tessera('user create bob@example.org --role agnt')
  expect(role.code).toBe(2)
  expect(role.err).toContain('error: There is no role "agnt".\nhint: Did you mean "agent"?')
  const nobody = await cli.tessera('apikey create --user bob@example.org --name CI')
  expect(nobody.code).toBe(1)
  expect(nobody.err).toContain('There is no user with the email address bob@example.org.')
})

test('A password comes from stdin, and a weak one is refused', async () => {
  expect((await cli.tessera('user passwd ada@example.org --password-stdin', { input: 'correct horse battery\n' })).code).toBe(0)
  const weak = await cli.tessera('user passwd ada@example.org --password-stdin', { input: 'short\n' })
  expect(weak.code).toBe(1)
  expect(weak.err).toContain('12 to 128 characters')
  const none = await cli.tessera('user passwd ada@example.org')
  expect(none.code).toBe(2)
  expect(none.err).toContain('--password-stdin')
})

test('A key is revoked only when somebody says yes', async () => {
  const keys: { id: string; name: string }[] = (await cli.tessera('apikey list --json')).json()
  const id = keys.find(({ name }) => name === 'shell')?.id
  const asked = await cli.tessera(`apikey revoke ${id}`)
  expect(asked).toMatchObject({ code: 6, out: '' })
  expect(asked.err).toContain('hint: Say it with --yes.')
  expect((await cli.tessera(`apikey revoke ${id} --yes`)).code).toBe(0)
  expect((await cli.tessera('apikey list --json')).json()).toMatchObject([{ name: 'CI' }])
  expect((await cli.tessera('apikey revoke tk_nokey --yes')).code).toBe(1)
})

test('--quiet keeps stderr empty', async () => {
  const { code, err } = await cli.tessera('user create quiet@example.org --role viewer --quiet')
  expect({ code, err }).toEqual({ code: 0, err: '' })
})

test('A key for web forms names the sites that may use it, and only web addresses', async () => {
  const key = await cli.tessera(
    'apikey create --user ada@example.org --name form --origin https://a.example.org --origin https://b.example.org --json',
  )
  expect(key.json()).toMatchObject({ origins: ['https://a.example.org', 'https://b.example.org'] })
  const wrong = await cli.tessera('apikey create --user ada@example.org --name form --origin example.org')
  expect(wrong).toMatchObject({ code: 1, out: '' })
  expect(wrong.err).toContain('a web address without a path')
})
