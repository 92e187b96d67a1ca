import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { User } from './index.ts'
import { SecondFactor } from './second-factor.model.ts'

let app: TestApp
let people = 0
const password = 'kettle of purple fish'
const start = new Date('2026-03-02T12:00:00Z')
const after = (seconds: number): Date => new Date(start.getTime() + seconds * 1000)
const systemAt = (seconds: number): Promise<Services> => app.servicesFor({ door: 'system', now: after(seconds) })
const asUser = (user: string, seconds: number): Promise<Services> => app.servicesFor({ door: 'web', user, now: after(seconds) })

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['base'])
})
afterAll(() => app.close())

interface Enrolled {
  readonly id: string
  readonly email: string
  readonly secret: string
  readonly recoveryCodes: readonly string[]
}
const codeAt = (secret: string, seconds: number): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: after(seconds).getTime() })

async function somebody(): Promise<{ id: string; email: string }> {
  people += 1
  const email = `person.${people}@example.org`
  const { id } = await (await systemAt(0)).identity.createUser({ email, name: `Person ${people}`, roles: ['agent'], password })
  return { id, email }
}

/** Somebody who has confirmed his app a minute before the start. */
async function enrolled(): Promise<Enrolled> {
  const { id, email } = await somebody()
  const { secondFactor } = await asUser(id, -60)
  await secondFactor.begin()
  const secret = ((await secondFactor.pending())?.secret ?? '').replaceAll(' ', '')
  return { id, email, secret, recoveryCodes: await secondFactor.confirm(codeAt(secret, -60)) }
}

async function halfOpen(email: string, seconds: number): Promise<string> {
  const signedIn = await (await systemAt(seconds)).identity.signIn(email, password)
  if ('token' in signedIn) throw new Error('No code was asked for.')
  return signedIn.halfOpen
}

describe('Setting up a second factor', () => {
  it('shows a secret until a code of the app has confirmed it, and ten recovery codes once', async () => {
    const { id, email } = await somebody()
    const { secondFactor } = await asUser(id, 0)
    expect(await secondFactor.pending()).toBeUndefined()
    await secondFactor.begin()
    const pending = await secondFactor.pending()
    expect(pending?.secret).toMatch(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/)
    expect(pending?.address).toContain(`otpauth://totp/localhost%3A3000:${encodeURIComponent(email)}?`)
    expect(pending?.picture).toMatch(/^<svg [^>]*viewBox[^>]*>.*<\/svg>$/)
    expect(pending?.picture).not.toContain('style')
    const secret = (pending?.secret ?? '').replaceAll(' ', '')

    const wrong = String((Number(codeAt(secret, 0)) + 1) % 1_000_000).padStart(6, '0')
    await expect(secondFactor.confirm(wrong)).rejects.toMatchObject({ code: 'base.code_wrong' })
    expect((await (await systemAt(0)).records.get(User, id)).secondFactor).toBe(false)
    const codes = await secondFactor.confirm(` ${codeAt(secret, 0).slice(0, 3)} ${codeAt(secret, 0).slice(3)}`)
    expect(new Set(codes).size).toBe(10)
    for (const code of codes) expect(code).toMatch(/^[0-9a-z]{5}-[0-9a-z]{5}$/)
    expect((await (await systemAt(0)).records.get(User, id)).secondFactor).toBe(true)
    expect(await secondFactor.pending()).toBeUndefined()
    await expect(secondFactor.begin()).rejects.toMatchObject({ code: 'base.second_factor_on' })
  })

  it('leaves neither the secret nor a recovery code in the database', async () => {
    const { id, secret, recoveryCodes } = await enrolled()
    const kept = JSON.stringify(await app.connection.run('select * from second_factor where user_id = $1', [id]))
    expect(kept).not.toContain(secret)
    for (const code of recoveryCodes) expect(kept).not.toContain(code)
    const all = JSON.stringify(await app.connection.run('select * from second_factor', []))
    const stored = await (await systemAt(0)).records.find(SecondFactor, { user: id })
    expect(all).toContain(stored!.secret)
    const { sealing } = await systemAt(0)
    expect(sealing.open(stored!.secret, 'second factor')).toBe(secret)
    expect(sealing.open(stored!.secret, 'another purpose')).toBeUndefined()
    expect(sealing.open(`${stored!.secret.slice(0, -2)}AA`, 'second factor')).toBeUndefined()
  })
})

describe('Signing in with a second factor', () => {
  it('takes a code after the password, and opens no session before', async () => {
    const { id, email, secret } = await enrolled()
    const half = await halfOpen(email, 0)
    const { identity } = await systemAt(5)
    expect(await identity.userOfSession(half)).toBeUndefined()
    await expect(identity.useLink(half)).rejects.toMatchObject({ code: 'base.link_over' })
    await expect(identity.holderOf(half)).rejects.toMatchObject({ code: 'base.link_over' })
    const { token } = await identity.finishSignIn(half, codeAt(secret, 5))
    expect(await identity.userOfSession(token)).toMatchObject({ user: id })
    await expect(identity.finishSignIn(half, codeAt(secret, 35))).rejects.toMatchObject({ code: 'base.link_over' })
  })

  it('takes a code after a one-time link too', async () => {
    const { id, secret } = await enrolled()
    const { identity } = await systemAt(0)
    const signedIn = await identity.useLink(await identity.createLink(id, 'sign-in'))
    expect(signedIn).toEqual({ halfOpen: expect.any(String) })
    const { token } = await identity.finishSignIn('halfOpen' in signedIn ? signedIn.halfOpen : '', codeAt(secret, 0))
    expect(await identity.userOfSession(token)).toMatchObject({ user: id })
  })

  it('takes no code twice, not even at the same moment, and none older than the last', async () => {
    const { email, secret } = await enrolled()
    const code = codeAt(secret, 60)
    const halves = [await halfOpen(email, 60), await halfOpen(email, 60), await halfOpen(email, 60)]
    const { identity } = await systemAt(60)
    const outcomes = await Promise.allSettled(halves.slice(0, 2).map((half) => identity.finishSignIn(half, code)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(identity.finishSignIn(halves[2]!, codeAt(secret, 30))).rejects.toMatchObject({ code: 'base.code_refused', status: 401 })
    await expect(identity.finishSignIn(halves[2]!, code)).rejects.toMatchObject({ code: 'base.code_refused' })
    await identity.finishSignIn(halves[2]!, codeAt(secret, 90))
  })

  it('forgives half a minute of a clock that is wrong, and no more', async () => {
    const { email, secret } = await enrolled()
    const half = await halfOpen(email, 300)
    const { identity } = await systemAt(300)
    for (const wrong of [240, 360]) await expect(identity.finishSignIn(half, codeAt(secret, wrong))).rejects.toMatchObject({ status: 401 })
    await identity.finishSignIn(half, codeAt(secret, 270))
  })

  it('takes each recovery code once, however it is typed', async () => {
    const { id, email, recoveryCodes } = await enrolled()
    const [first, second] = recoveryCodes as [string, string]
    const { identity } = await systemAt(0)
    await identity.finishSignIn(await halfOpen(email, 0), first.toUpperCase().replace('-', ' '))
    const half = await halfOpen(email, 0)
    await expect(identity.finishSignIn(half, first)).rejects.toMatchObject({ code: 'base.code_refused' })
    await identity.finishSignIn(half, second)
    expect(await (await asUser(id, 0)).secondFactor.recoveryCodesLeft()).toBe(8)
  })

  it('ends after five minutes, and after five codes', async () => {
    const { email, secret } = await enrolled()
    await expect((await systemAt(301)).identity.finishSignIn(await halfOpen(email, 0), codeAt(secret, 301))).rejects.toMatchObject({
      code: 'base.link_over',
    })
    const half = await halfOpen(email, 400)
    const { identity } = await systemAt(400)
    const outcomes = await Promise.allSettled(Array.from({ length: 7 }, () => identity.finishSignIn(half, '')))
    const codes = outcomes.map((each) => (each.status === 'rejected' ? (each.reason as { code: string }).code : 'in'))
    expect(codes.filter((code) => code === 'base.code_refused')).toHaveLength(5)
    expect(codes.filter((code) => code === 'base.sign_in_over')).toHaveLength(2)
  }, 60_000)
})

describe('Taking a second factor away', () => {
  it('is done by an administrator, who then lets somebody in who has lost everything', async () => {
    const { id, email } = await enrolled()
    const system = await systemAt(0)
    const { token } = await system.identity.openSession(id)
    const agent = await somebody()
    const { resetSecondFactor } = await import('./second-factor-reset.ts')
    await expect((await asUser(agent.id, 0)).records.act(resetSecondFactor, id, {})).rejects.toMatchObject({ status: 403 })
    const { id: root } = await system.identity.createUser({ email: `root.${people}@example.org`, name: 'Root', roles: ['administrator'] })
    await (await asUser(root, 0)).records.act(resetSecondFactor, id, {})
    expect(await system.identity.userOfSession(token)).toBeUndefined()
    expect(await system.identity.signIn(email, password)).toHaveProperty('token')
    expect(await system.records.find(SecondFactor, { user: id })).toBeNull()
  })

  it('is done by its owner, and recovery codes are renewed by him alone', async () => {
    const { id, email, recoveryCodes } = await enrolled()
    const own = await asUser(id, 0)
    const renewed = await own.secondFactor.renewRecoveryCodes()
    expect(renewed).toHaveLength(10)
    const half = await halfOpen(email, 0)
    await expect((await systemAt(0)).identity.finishSignIn(half, recoveryCodes[0]!)).rejects.toMatchObject({ status: 401 })
    await own.secondFactor.turnOff()
    expect(await (await systemAt(0)).identity.signIn(email, password)).toHaveProperty('token')
  })
})
