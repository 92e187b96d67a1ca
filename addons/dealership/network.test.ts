/** The network by CSV, and what follows when it changes. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Team, User } from '@tessera/base'
import { testFolder } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { importRecords } from '../../core/importing/index.ts'
import { openWorld, type World } from '../../test/stories/dealership.world.ts'
import { Branch, City, networkSettings } from './index.ts'

let world: World
let folder: string
beforeAll(async () => {
  world = await openWorld(inject('postgresUrl'), ['dealership'])
  folder = await testFolder('network')
})
afterAll(() => world?.app.close())

/** As `tessera data import --user …` does it. */
async function imported(model: string, lines: readonly string[], part: 'identity' | 'distributor' = 'identity') {
  const file = join(folder, `${model}.csv`)
  await writeFile(file, lines.join('\n'))
  const services = await world.app.servicesFor({ door: 'import', user: world.people[part].user })
  const id = model === 'team' || model === 'user' ? { column: 'identityId', field: 'identityId' } : undefined
  return importRecords({
    model: world.app.composition.models.byName(model)!,
    file,
    services,
    columns: undefined,
    id,
    errors: `${file}.errors.csv`,
    dryRun: false,
    onProgress: () => undefined,
  })
}

describe('The Identity System brings the network as CSV', () => {
  it('from countries down to users, and again with changes: what is there already is updated', async () => {
    expect(await imported('country', ['externalId,code,name', 'c-2,JO,Jordan'])).toMatchObject({ created: 1, failed: 0 })
    expect(await imported('region', ['externalId,code,name,country', 'r-2,JO-AM,Amman Governorate,JO'])).toMatchObject({
      created: 1,
      failed: 0,
    })
    expect(await imported('city', ['externalId,code,name,region', '301,AMM,Amman,JO-AM'])).toMatchObject({ created: 1, failed: 0 })
    expect(await imported('company', ['externalId,code,name,kind', 'co-9,petra,Petra Motors,dealer'])).toMatchObject({
      created: 1,
      failed: 0,
    })
    const branches = ['externalId,code,name,company,city,services', '901,petra-amman,Petra Amman,petra,AMM,"test_drive,repair"']
    expect(await imported('branch', branches)).toMatchObject({ created: 1, failed: 0 })
    const branch = await world.system.records.find(Branch, { code: 'petra-amman' })
    expect(branch).toMatchObject({ company: { name: 'Petra Motors' }, city: { name: 'Amman' } })
    expect(await world.system.records.count(Branch, { where: { id: branch!.id, services: { code: 'repair' } } })).toBe(1)
    expect(await imported('team', ['identityId,name,branch', 't-1,Petra Sales,petra-amman'])).toMatchObject({ created: 1, failed: 0 })
    expect(await imported('user', ['identityId,name,email,branch', 'u-1,Huda,huda@petra.example,petra-amman'])).toMatchObject({
      created: 1,
      failed: 0,
    })
    expect(await world.system.records.find(Team, { identityId: 't-1' })).toMatchObject({ company: { name: 'Petra Motors' } })
    expect(await world.system.records.find(User, { identityId: 'u-1' })).toMatchObject({ company: { name: 'Petra Motors' } })
    expect(await imported('city', ['externalId,code,name,region', '301,AMM,Amman City,JO-AM'])).toMatchObject({ created: 0, updated: 1 })
    expect(await world.system.records.find(City, { externalId: '301' })).toMatchObject({ name: 'Amman City' })
  })

  it('while the network is locked too, and then nobody else by CSV', async () => {
    await world.system.settings.set(networkSettings, { locked: true, zone: 'UTC' })
    const rename = (name: string) => ['externalId,code,name,region', `301,AMM,${name},JO-AM`]
    expect(await imported('city', rename('Amman'), 'distributor')).toMatchObject({ updated: 0, failed: 1 })
    expect(await imported('city', rename('Amman'))).toMatchObject({ updated: 1, failed: 0 })
    await world.system.settings.set(networkSettings, { locked: false, zone: 'UTC' })
  })

  it('and gives nobody a role by it', async () => {
    const rows = ['identityId,name,email,roles', 'u-2,Eve,eve@petra.example,administrator']
    expect(await imported('user', rows)).toMatchObject({ unused: ['roles'] })
    expect(await world.system.records.count(User, { where: { identityId: 'u-2', roles: { name: 'administrator' } } })).toBe(0)
    // Nor another's account: whose address it were would sign in as him.
    const { user } = world.people.administrator
    expect((await world.ask('identity', 'PATCH', `/api/users/${user}`, { email: 'eve@petra.example' })).status).toBe(403)
  })
})

it('A branch that goes to another company takes the company of its users along', async () => {
  const { records } = world.system
  const { user } = world.people.branch
  expect(await records.get(User, user)).toMatchObject({ company: { id: world.companies.tigris } })
  await records.update(Branch, world.branches.karrada, { company: world.companies.zagros })
  expect(await records.get(User, user)).toMatchObject({ company: { id: world.companies.zagros } })
  // Nobody writes it himself.
  await expect(records.update(User, user, { company: world.companies.tigris })).rejects.toMatchObject({ code: 'record.invalid' })
})
