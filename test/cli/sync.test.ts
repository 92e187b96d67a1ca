/** What the configuration wants, and what the database has. */
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { type Deployment, deployment } from './deployment.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let database: TestDatabase
let cli: Deployment
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'cli_sync' })
  cli = await deployment({ DATABASE_URL: database.url }, ['partner'])
})
afterAll(async () => {
  await cli.remove()
  await database.drop()
})

const wants = (...modules: string[]) => cli.file('config/tessera.ts', `export default { install: ${JSON.stringify(modules)} }`)
/** Of the module, whether it is there and in use. */
const stateOf = async (name: string) => {
  const found = (await cli.tessera('module list --json')).json().find((module: { name: string }) => module.name === name)
  return found.installed ? found.state : 'available'
}

describe('A database and what config/tessera.ts wants', () => {
  it('come together by bootstrap, which prints the link for the first administrator once it is set up', async () => {
    const first = await cli.tessera('bootstrap --yes')
    expect(first).toMatchObject({ code: 0, err: expect.stringContaining('/first-run/') })
    expect([await stateOf('partner'), await stateOf('ticket')]).toEqual(['enabled', 'available'])
    const again = await cli.tessera('bootstrap --yes --json')
    expect([again.code, again.json().done]).toEqual([0, false])
  })

  it('are told apart by a plan, which changes nothing', async () => {
    await wants('partner', 'ticket')
    const planned = await cli.tessera('module sync --dry-run --json')
    const becomes = planned.json().modules.filter((module: { becomes: string }) => module.becomes === 'installed')
    expect([planned.code, becomes.map(({ name }: { name: string }) => name)]).toEqual([0, ['ticket']])
    expect(await stateOf('ticket')).toBe('available')
    // What starts only says so.
    expect((await cli.tessera('user list')).err).toContain('tessera module sync')
  })

  it('are the same after sync, and stay so when it is asked again', async () => {
    const done = await cli.tessera('module sync --yes --json')
    expect([done.code, done.json().done]).toEqual([0, true])
    expect(await stateOf('ticket')).toBe('enabled')
    const again = await cli.tessera('module sync --yes')
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('the database has what config/tessera.ts wants')])
  })

  it('may differ: what was disabled is left so, and said; what is no longer wanted is not removed', async () => {
    await cli.tessera('module install spp --yes')
    await cli.tessera('module disable spp --yes')
    await wants('partner', 'spp')
    const synced = await cli.tessera('module sync --yes')
    expect([synced.code, synced.out + synced.err]).toEqual([0, expect.stringContaining('Disabled here, and left so: spp.')])
    expect([await stateOf('spp'), await stateOf('ticket')]).toEqual(['disabled', 'enabled'])
  })

  it('refuse a module that is not there, naming one that is', async () => {
    await wants('partner', 'tickets')
    const refused = await cli.tessera('module sync --yes')
    expect(refused.code).not.toBe(0)
    expect(refused.err).toMatch(/"tickets".*ticket/s)
  })
})
