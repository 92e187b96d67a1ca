/** All modules and addons of this repository, installed a second time: what they ship and what they make is recognised. */
import { bootTest, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { lockedState, prepareAll } from '../../core/installation/install.ts'
import type { Plan } from '../../core/installation/plan.ts'
import { rehearsed } from '../../core/installation/rehearsal.ts'
import { planData } from '../../core/installation/ship.ts'
import { discover } from '../../core/module/discover.ts'

let app: TestApp
beforeAll(async () => {
  const names = (await discover(process.cwd(), [])).map(({ name }) => name)
  app = await bootTest(inject('postgresUrl'), names)
}, 120_000)
afterAll(() => app?.close())

test('Nothing is planned for shipped records, migrations or the schema', async () => {
  const plan = await rehearsed(app.operate, async (installing, transaction): Promise<Plan> => {
    const state = await lockedState(transaction)
    // As if something had changed: the same fingerprint would not even be looked behind.
    const prepared = await prepareAll({ ...installing, fingerprint: 'another' }, transaction, state)
    const staying = new Set(installing.installed.modules.map(({ package: { name } }) => name))
    const data = await planData(installing.writing, transaction, { staying, replace: {} })
    return { ...prepared.plan, data: data.map(({ change }) => change) }
  })
  expect(plan).toMatchObject({ data: [], migrations: [], schema: [], refusals: [] })
})
