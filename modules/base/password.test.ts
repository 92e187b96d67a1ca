import { argon2Sync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Busy, checkPassword, hashPassword, isPasswordOf } from './password.ts'

describe('A password', () => {
  it('is kept as argon2id with 64 MiB and three passes, salted anew each time', async () => {
    const [one, two] = await Promise.all([hashPassword('kettle of purple fish'), hashPassword('kettle of purple fish')])
    expect(one).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(one).not.toBe(two)
    const [, , , , salt, hash] = one.split('$')
    const nonce = Buffer.from(salt!, 'base64')
    const expected = argon2Sync('argon2id', {
      message: 'kettle of purple fish',
      nonce,
      memory: 65_536,
      passes: 3,
      parallelism: 1,
      tagLength: 32,
    })
    expect(Buffer.from(hash!, 'base64')).toEqual(expected)
  })

  it('opens with the same words only', async () => {
    const stored = await hashPassword('kettle of purple fish')
    expect(await isPasswordOf(stored, 'kettle of purple fish')).toBe(true)
    expect(await isPasswordOf(stored, 'kettle of purple fisH')).toBe(false)
    expect(await isPasswordOf(stored, '')).toBe(false)
  })

  it('opens however the system writes its accents', async () => {
    const stored = await hashPassword('caf\u00e9 au lait, merci')
    expect(await isPasswordOf(stored, 'cafe\u0301 au lait, merci')).toBe(true)
  })

  it('opens nothing where none is stored, and costs a hash all the same', async () => {
    const began = process.cpuUsage()
    expect(await isPasswordOf(undefined, 'kettle of purple fish')).toBe(false)
    const spent = process.cpuUsage(began)
    const known = process.cpuUsage()
    await hashPassword('kettle of purple fish')
    const expected = process.cpuUsage(known)
    expect(spent.user + spent.system).toBeGreaterThan((expected.user + expected.system) / 4)
    expect(await isPasswordOf(null, '')).toBe(false)
  })

  it('of fewer than 12 or more than 128 characters is refused', () => {
    const sentence = (length: number) =>
      `A password has 12 to 128 characters; this one has ${length}. A few words in a row are easy to remember.`
    expect(() => checkPassword('elevenchars')).toThrow(sentence(11))
    expect(() => checkPassword(`${'abcdefgh'.repeat(16)}!`)).toThrow(sentence(129))
    // Counted as people count: an emoji is one character.
    expect(() => checkPassword('🐟🐠🐡🐬🐳🐋🦈🐙🐚🪸🦀')).toThrow(sentence(11))
    checkPassword('twelve chars')
    checkPassword('correct fish battery kettle '.repeat(4))
  })

  it.each(['Password1234', 'PASSWORD-1234', 'qwertyuiop123', 'aaaaaaaaaaaaaa', 'abcabcabcabc', 'Letmein-Please'])(
    'that everybody tries is refused: %s',
    (password) => {
      expect(() => checkPassword(password)).toThrow('This password is among the first that anybody tries. Choose another one.')
    },
  )

  it('beyond the two that are hashed and the 32 that wait is turned away with 503', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 36 }, () => isPasswordOf(weak, 'kettle of purple fish')))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason)
    expect(refused).toHaveLength(2)
    expect(refused[0]).toBeInstanceOf(Busy)
    expect(refused[0]).toMatchObject({ code: 'base.busy', status: 503 })
    expect(await isPasswordOf(weak, 'kettle of purple fish')).toBe(false)
  })
})

/** A cheap one, so that the queue is tested and not the patience of the tester. */
const weak = `$argon2id$v=19$m=8,t=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`
