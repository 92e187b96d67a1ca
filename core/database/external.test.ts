import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, inject, test } from 'vitest'
import { SetupError } from '../errors.ts'
import { openDatabase } from './index.ts'

const url = inject('postgresUrl')
const changed = (change: (address: URL) => void): string => {
  const address = new URL(url)
  change(address)
  return address.href
}

const refusal = async (databaseUrl: string): Promise<SetupError> => {
  const error: unknown = await openDatabase({ databaseUrl, dataDir: '/nowhere' }, 'owner').catch((reason: unknown) => reason)
  if (error instanceof SetupError) return error
  throw new Error('It was not refused', { cause: error })
}

describe('a database of DATABASE_URL', () => {
  test('is used as it is, by several owners', async () => {
    const config = { databaseUrl: url, dataDir: '/nowhere' }
    const databases = await Promise.all([openDatabase(config, 'owner'), openDatabase(config, 'owner')])
    expect(databases.map((database) => [database.url, database.embedded])).toEqual([
      [url, false],
      [url, false],
    ])
    await databases[0].close()
    await openDatabase(config, 'guest')
  })

  test.each([
    ['nobody listens', changed((address) => (address.port = '1')), /^No PostgreSQL listens at 127\.0\.0\.1:1\.$/],
    ['an unknown host', changed((address) => (address.hostname = 'db.invalid')), /^There is no host named "db\.invalid"\.$/],
    ['a wrong password', changed((address) => (address.password = 's3cret')), /refuses the password of "tessera"\.$/],
    ['an unknown database', changed((address) => (address.pathname = '/desk')), /has no database "desk"\.$/],
  ])('is refused with a sentence: %s', async (_, wrong, sentence) => {
    const refused = await refusal(wrong)
    expect(refused.exitCode).toBe(4)
    expect(refused.message).toMatch(sentence)
    expect(`${refused.message} ${refused.hint}`).not.toContain('s3cret')
    expect(refused.hint).toBeTruthy()
  })

  test('is refused when it is too old', async () => {
    const old = createServer((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.concat([message('R', int32(0)), message('Z', Buffer.from('I'))]))
        socket.once('data', () => socket.end(answer({ number: '140011', version: '14.11' })))
      })
    })
    await once(old.listen(0, '127.0.0.1'), 'listening')
    const { port } = old.address() as AddressInfo
    const refused = await refusal(`postgresql://desk@127.0.0.1:${port}/desk`)
    expect(refused.message).toBe(`The database at 127.0.0.1:${port} is PostgreSQL 14.11, and Tessera needs 15 or newer.`)
    old.close()
  })
})

// As much of PostgreSQL's protocol as it takes to answer one query with one row.

function answer(row: Record<string, string>): Buffer {
  const names = Object.keys(row).map((name) =>
    Buffer.concat([Buffer.from(`${name}\0`), int32(0), int16(0), int32(text), int16(-1), int32(-1), int16(0)]),
  )
  const values = Object.values(row).map((value) => Buffer.concat([int32(value.length), Buffer.from(value)]))
  return Buffer.concat([
    message('T', int16(names.length), ...names),
    message('D', int16(values.length), ...values),
    message('C', Buffer.from('SELECT 1\0')),
    message('Z', Buffer.from('I')),
  ])
}

const text = 25

function message(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}
