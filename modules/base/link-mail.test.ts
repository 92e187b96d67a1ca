/** A link to sign in by mail: for whoever has an account, and nothing to learn for anybody else. */
import { OutboxMessage, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

let app: TestApp
let people = 0
const unique = (name: string) => `${name}.${++people}`
let system: Services
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['base'], { BASE_URL: 'https://desk.example.org' })
  system = await app.servicesFor({ door: 'system' })
})
afterAll(() => app?.close())

const somebody = async (more: { language?: string; active?: boolean } = {}) => {
  const email = `${unique('ada')}@example.org`
  const { id } = await system.identity.createUser({ email, name: 'Ada', roles: ['customer'] })
  await system.records.update(User, id, more)
  return { id, email }
}
const mailsTo = async (to: string) => {
  await app.queue.drain()
  return (await system.records.query(OutboxMessage, { fields: ['subject', 'text', 'secret', 'event'], where: { to } })).rows
}

describe('Somebody who asks for a link', () => {
  test('gets one that signs in once, whatever the case of the address he typed', async () => {
    const { id, email } = await somebody()
    await system.identity.mailLink(` ${email.toUpperCase()} `, { ip: '192.0.2.1' })
    const [mail] = await mailsTo(email)
    expect(mail).toMatchObject({ subject: 'Your link to sign in to desk.example.org', secret: true, event: 'identity.link' })
    const token = /https:\/\/desk\.example\.org\/sign-in\/([\w-]+)\n/.exec(mail?.text ?? '')?.[1] ?? ''
    const session = await system.identity.useLink(token)
    expect('token' in session && (await system.identity.userOfSession(session.token))).toMatchObject({ user: id })
    await expect(system.identity.useLink(token)).rejects.toMatchObject({ code: 'base.link_over' })
  })

  test.each([
    ['fr', 'Votre lien de connexion à desk.example.org', 'pendant 15 minutes'],
    ['ar', 'رابط تسجيل دخولك إلى desk.example.org', '15 دقيقة'],
    ['sw', 'Your link to sign in to desk.example.org', 'within 15 minutes'],
  ])('reads it in his language (%s)', async (language, subject, within) => {
    const { email } = await somebody({ language })
    await system.identity.mailLink(email)
    expect(await mailsTo(email)).toMatchObject([{ subject, text: expect.stringContaining(within) }])
  })

  test('learns nothing when there is no such account, or none that is active', async () => {
    const { email } = await somebody({ active: false })
    const nobody = `${unique('nobody')}@example.org`
    for (const address of [email, nobody]) {
      for (let asked = 0; asked < 3; asked++) expect(await system.identity.mailLink(address)).toBeUndefined()
      await expect(system.identity.mailLink(address)).rejects.toMatchObject({ status: 429, code: 'base.too_many_links' })
      expect(await mailsTo(address)).toEqual([])
    }
  })

  test('gets three within an hour, counted together however many ask at once', async () => {
    const { email } = await somebody()
    const asked = await Promise.allSettled(Array.from({ length: 8 }, () => system.identity.mailLink(email)))
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    expect(await mailsTo(email)).toHaveLength(3)
  })

  test('is refused from a network that asks for everybody', async () => {
    const ask = (n: number) => system.identity.mailLink(`${unique('p')}@example.org`, { ip: `2001:db8::${n}` })
    for (let asked = 0; asked < 30; asked++) await ask(asked)
    await expect(ask(99)).rejects.toMatchObject({ status: 429, code: 'base.too_many' })
  })
})
