/** `tessera field …`, the real process. */
import { symlink } from 'node:fs/promises'
import { Agent } from 'node:http'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { ask, load } from './clients.ts'
import { type Deployment, deployment } from './deployment.ts'
import { startServer } from './server.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

let database: TestDatabase
let cli: Deployment
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'cli_fields' })
  cli = await deployment({ DATABASE_URL: database.url })
  await symlink(resolve('modules', 'custom'), join(cli.folder, 'modules', 'custom'))
  await cli.tessera('db migrate')
})
afterAll(async () => {
  await cli.remove()
  await database.drop()
})

const add = 'field add partner x_since --type date --label "Customer since" --label "fr=Client depuis" --filter'

test('Without the module there are no own fields, which the refusal tells', async () => {
  const { code, err } = await cli.tessera(add)
  expect(code).toBe(1)
  expect(err).toContain('need the module "custom"')
  expect(err).toContain('tessera module install custom')
  expect((await cli.tessera('module install custom --yes')).code).toBe(0)
})

test('A field is planned, added once, listed and changed', async () => {
  const planned = await cli.tessera(`${add} --dry-run --json`)
  expect(planned.json().schema.map(({ kind, name }: { kind: string; name: string }) => [kind, name])).toContainEqual([
    'add column',
    'x_since',
  ])
  expect((await cli.tessera('field list --json')).json()).toEqual([])
  const added = await cli.tessera(add)
  expect([added.code, added.err]).toEqual([0, expect.stringContaining('Servers that are running follow by themselves.')])
  expect(added.out).toContain('Defined partner.x_since')
  const again = await cli.tessera(add)
  expect([again.code, again.err]).toEqual([2, expect.stringContaining('tessera field change partner x_since')])
  expect((await cli.tessera('field change partner x_since --label Since --list')).code).toBe(0)
  expect((await cli.tessera('field list partner --json')).json()).toEqual([
    {
      model: 'partner',
      name: 'x_since',
      definition: { type: 'date', label: { en: 'Since', fr: 'Client depuis' }, filter: true, list: true },
    },
  ])
  expect((await cli.tessera('field list')).out).toMatch(/partner\s+x_since\s+date\s+Since/)
})

test('What cannot be made is refused with a near match, and nothing is changed', async () => {
  const { code, err } = await cli.tessera('field add partnr x_a --type text --label A')
  expect([code, err]).toEqual([1, expect.stringContaining('Did you mean "partner"?')])
  expect((await cli.tessera('field add partner a --type text --label A')).err).toContain('Write x_ and small letters')
  expect((await cli.tessera('field add partner x_grade --type choice --label Grade --choices "a=A,b=B" --default c')).err).toContain(
    'default',
  )
  expect((await cli.tessera('field list --json')).json()).toHaveLength(1)
})

test('A field goes only when somebody says so, with an archive of its values', async () => {
  await cli.file('partners.csv', 'name,x_since\nFatou Camara,2020-01-01\n')
  expect((await cli.tessera('data import partner partners.csv')).code).toBe(0)
  const unasked = await cli.tessera('field remove partner x_since --no-input')
  expect(unasked.code).toBe(6)
  expect(unasked.err).toContain('--yes')
  const removed = await cli.tessera('field remove partner x_since --yes')
  expect(removed.code).toBe(0)
  expect(removed.out).toContain('Removed partner.x_since')
  expect((await cli.tessera('field list --json')).json()).toEqual([])
  expect((await cli.tessera('field remove partner x_since --yes')).err).toContain('has no field "x_since" that an administrator added')
})

test('While a server runs a field comes and goes, and no request fails', async () => {
  await cli.tessera('user create ada@example.org --role administrator')
  const { key } = (await cli.tessera('apikey create --user ada@example.org --name CI --per-minute 100000 --json')).json()
  const server = await startServer(cli, { WEB_WORKERS: '1' })
  const asked = async (path: string) =>
    (await ask(new Agent(), `${server.address}${path}`, { headers: { authorization: `Bearer ${key}` } })).status
  try {
    const clients = load({ address: server.address, key, clients: 4 })
    expect(await asked('/api/partners?fields=x_vat')).toBe(400)
    expect((await cli.tessera('field add partner x_vat --type text --label "VAT number" --search')).code).toBe(0)
    await vi.waitFor(async () => expect(await asked('/api/partners?fields=x_vat')).toBe(200), { timeout: 60_000, interval: 200 })
    expect((await cli.tessera('field remove partner x_vat --yes')).code).toBe(0)
    expect(await asked('/api/partners?fields=x_vat')).toBe(400)
    const { failed } = await clients.stop()
    expect(failed).toEqual([])
  } finally {
    await server.stop()
  }
})
