/** A record that was read locked is nobody else's until the transaction ends. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { Case, Client, clerk, desk } from '../../test/fixtures/records-desk.ts'
import type { Services } from '../service/services.ts'
import { bootTest, signedInAs, type TestApp } from '../testing/index.ts'

let app: TestApp
let one: Services
let two: Services
let id: string
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), [desk])
  one = await app.servicesFor({ door: 'system' })
  two = await app.servicesFor({ door: 'system' })
  id = (await one.records.create(Client, { name: 'Zero' })).id
})
afterAll(() => app?.close())

const nameOf = async () => (await one.records.get(Client, id)).name
const waiting = async () =>
  Number(
    (
      await app.connection.run(
        `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        [],
      )
    )[0]?.n,
  )

describe('A locked read', () => {
  test('makes others wait, who then see what came of it', async () => {
    const [locked, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const first = one.records.transaction(async () => {
      await one.records.lock(Client, id)
      locked.resolve()
      await held.promise
      await one.records.update(Client, id, { name: 'One' })
    })
    await locked.promise
    const second = two.records.transaction(async () => (await two.records.lock(Client, id)).name)
    await expect.poll(waiting).toBe(1)
    expect(await nameOf()).toBe('Zero')
    held.resolve()
    await first
    expect(await second).toBe('One')
  })

  test('of twenty at once loses nothing that one of them counts', async () => {
    await one.records.update(Client, id, { name: '0' })
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { records } = await app.servicesFor({ door: 'system' })
        await records.transaction(async () => {
          const { name } = await records.lock(Client, id)
          await records.update(Client, id, { name: String(Number(name) + 1) })
        })
      }),
    )
    expect(await nameOf()).toBe('20')
  })

  test('is given back when what is inside fails alone', async () => {
    await one.records.transaction(async () => {
      const failing = one.records.transaction(async () => {
        await one.records.lock(Client, id)
        throw new Error('changed his mind')
      })
      await expect(failing).rejects.toThrow('changed his mind')
      expect(await two.records.update(Client, id, { name: 'Two' })).toMatchObject({ name: 'Two' })
    })
  })

  test('is possible inside a transaction only', async () => {
    await expect(one.records.lock(Client, id)).rejects.toThrow('records.lock of "client" is only possible inside a transaction.')
  })

  test('gives nobody a record that he may not read', async () => {
    const { id: hidden } = await one.records.create(Case, { subject: 'Not his' })
    const { records } = await (await signedInAs(app, clerk.name)).services()
    await expect(records.transaction(() => records.lock(Case, hidden))).rejects.toMatchObject({ status: 404 })
  })
})
