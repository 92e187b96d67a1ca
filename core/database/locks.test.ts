import pg from 'pg'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { lockKey, withAdvisoryLock } from './locks.ts'

let clients: pg.Client[]
beforeEach(async () => {
  clients = [1, 2, 3].map(() => new pg.Client(inject('postgresUrl')))
  await Promise.all(clients.map((client) => client.connect()))
})
afterEach(() => Promise.all(clients.map((client) => client.end())))

describe('a lock', () => {
  test('lets one in at a time, and another name does not wait', async () => {
    const seen: string[] = []
    const { promise: mailed, resolve: mail } = Promise.withResolvers<void>()
    const work = (client: pg.Client, name: string, until: Promise<void>) =>
      withAdvisoryLock(client, name, async () => {
        seen.push(`${name} begins`)
        await until
        seen.push(`${name} ends`)
      })
    const [first, second, third] = clients as [pg.Client, pg.Client, pg.Client]
    const both = [work(first, 'modules', mailed), work(second, 'modules', mailed)]
    // While one of them holds the lock and the other waits for it.
    await work(third, 'mail', Promise.resolve())
    mail()
    await Promise.all(both)
    expect(seen.filter((line) => line.startsWith('modules'))).toEqual(['modules begins', 'modules ends', 'modules begins', 'modules ends'])
  })

  test('is let go when the work throws, and the error comes out', async () => {
    const [first, second] = clients as [pg.Client, pg.Client]
    const failing = withAdvisoryLock(first, 'modules', () => Promise.reject(new Error('no luck')))
    await expect(failing).rejects.toThrow('no luck')
    expect(await withAdvisoryLock(second, 'modules', async () => 'my turn')).toBe('my turn')
  })

  test('has the same key for the same name for ever', () => {
    expect(lockKey('modules')).toBe(lockKey('modules'))
    expect(lockKey('modules')).not.toBe(lockKey('module'))
    expect(lockKey('modules')).toMatch(/^-?\d+$/)
  })
})
