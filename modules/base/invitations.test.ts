/** People are asked in: by mail, and where there is no mail server by a link that the administrator sees. */
import type { Services } from '@tessera/core'
import { bootTest, signedInAs, type TestApp } from '@tessera/core/testing'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { AuditEntry, invite, Link, OutboxMessage, Role, User } from './index.ts'

let app: TestApp
let system: Services
let admin: Services
const tokenIn = (link: string) => /\/invitation\/([\w-]+)/.exec(link)?.[1] ?? ''
let people = 0
const address = () => `invited.${++people}@example.org`
const role = async (name: string) => (await system.records.find(Role, { name }))!.id

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['base'], { BASE_URL: 'https://desk.example.org' })
  system = await app.servicesFor({ door: 'system' })
  admin = await (await signedInAs(app, 'administrator', { name: 'Ruth' })).services()
})
afterAll(() => app?.close())

describe('An invitation', () => {
  it('opens an account with roles, and a link that works once, for three days', async () => {
    const email = address()
    const shown = await admin.invitations.invite({ email: email.toUpperCase(), name: 'Bo', roles: [await role('agent')] })
    expect(shown).toMatchObject({
      email,
      isMailed: false,
      link: expect.stringMatching(/^https:\/\/desk\.example\.org\/invitation\/[\w-]{43}$/),
    })
    expect(await system.records.get(User, shown.user)).toMatchObject({
      email,
      invitedAt: expect.any(Date),
      lastSignInAt: null,
      roles: [{ label: 'Agent' }],
    })
    const token = tokenIn(shown.link)
    expect(await system.invitations.holderOf(token)).toEqual({ name: 'Bo', email })
    const days = (count: number) => new Date(Date.now() + count * 86_400_000)
    await expect((await app.servicesFor({ door: 'web', now: days(3.01) })).invitations.accept(token, { name: 'Bo' })).rejects.toMatchObject(
      { code: 'base.link_over' },
    )
    const session = await (await app.servicesFor({ door: 'web', now: days(2.99) })).invitations.accept(token, {
      name: 'Bo Jensen',
      password: 'four words in a row',
    })
    expect(session).toHaveProperty('token')
    await expect(system.invitations.accept(token, { name: 'Eve' })).rejects.toMatchObject({ code: 'base.link_over' })
    expect(await system.records.get(User, shown.user)).toMatchObject({ name: 'Bo Jensen', lastSignInAt: expect.any(Date) })
    expect(await system.identity.signIn(email, 'four words in a row')).toHaveProperty('token')
  })

  it('is no way to sign in at another page, and a sign-in link none to this one', async () => {
    const shown = await admin.invitations.invite({ email: address(), name: 'Bo', roles: [] })
    await expect(system.identity.useLink(tokenIn(shown.link))).rejects.toMatchObject({ code: 'base.link_over' })
    const link = await system.identity.createLink(shown.user, 'sign-in')
    await expect(system.invitations.accept(link, { name: 'Eve', password: 'four words in a row' })).rejects.toMatchObject({
      code: 'base.link_over',
    })
  })

  it('takes a password of twelve characters, or none', async () => {
    const shown = await admin.invitations.invite({ email: address(), name: 'Bo', roles: [] })
    const token = tokenIn(shown.link)
    await expect(system.invitations.accept(token, { name: 'Bo', password: 'short' })).rejects.toMatchObject({
      code: 'base.password_length',
    })
    expect(await system.invitations.accept(token, { name: 'Bo' })).toHaveProperty('token')
    expect(await system.records.count(User, { where: { id: shown.user, passwordHash: null } })).toBe(1)
  })

  it('is sent again by the action, which ends earlier links, and is refused once somebody came in', async () => {
    const shown = await admin.invitations.invite({ email: address(), name: 'Bo', roles: [] })
    await admin.records.act(invite, shown.user, {})
    await expect(system.invitations.holderOf(tokenIn(shown.link))).rejects.toMatchObject({ code: 'base.link_over' })
    const fresh = await admin.invitations.showLink(shown.user)
    expect(await system.records.count(Link, { where: { user: shown.user, purpose: 'invitation' } })).toBe(1)
    await system.invitations.accept(tokenIn(fresh), { name: 'Bo' })
    await expect(admin.records.act(invite, shown.user, {})).rejects.toMatchObject({ code: 'user.action.invite.otherwise' })
    await expect(admin.invitations.invite({ email: shown.email, name: 'Bo' })).rejects.toMatchObject({
      code: 'base.invite_active',
      message: `${shown.email} is the address of Bo, who signs in already and needs no invitation.`,
    })
  })

  it('says so where somebody waits already, or is deactivated', async () => {
    const shown = await admin.invitations.invite({ email: address(), name: 'Bo', roles: [] })
    await expect(admin.invitations.invite({ email: shown.email, name: 'Eve' })).rejects.toMatchObject({ code: 'base.invite_waiting' })
    await system.records.update(User, shown.user, { active: false })
    await expect(admin.invitations.invite({ email: shown.email, name: 'Eve' })).rejects.toMatchObject({ code: 'base.invite_inactive' })
    await expect(admin.invitations.showLink(shown.user)).rejects.toMatchObject({ code: 'base.invite_inactive' })
  })

  it.each([
    ['fr', 'Vous êtes invité sur desk.example.org', 'pendant 72 heures'],
    ['ar', 'دعوة إلى desk.example.org', '72'],
    ['sw', 'You are invited to desk.example.org', 'within 72 hours'],
  ])('is written in the language of the invited (%s)', async (language, subject, within) => {
    const email = address()
    const shown = await admin.invitations.invite({ email, name: 'Bo', language, roles: [] })
    expect(shown).toMatchObject({ subject, text: expect.stringContaining(within) })
    const mail = await system.records.find(OutboxMessage, { to: email })
    expect(mail).toMatchObject({ subject, text: shown.text, secret: true, event: 'identity.invitation', status: 'waiting' })
  })

  it('is in the audit log, as is a link that was shown, without the address among what stays', async () => {
    const shown = await admin.invitations.invite({ email: address(), name: 'Bo', roles: [] })
    await admin.invitations.showLink(shown.user)
    const { rows } = await system.records.query(AuditEntry, { fields: ['kind', 'details', 'actor'], where: { record: shown.user } })
    expect(rows.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['invitation', 'link.shown']))
    expect(JSON.stringify(rows)).not.toContain(shown.email)
    expect(rows.every(({ actor }) => actor?.id === admin.context.caller.id)).toBe(true)
  })
})

it('An invitation goes out by the mail server, with a link that works', async () => {
  const received: string[] = []
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, _, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        received.push(Buffer.concat(parts).toString())
        done()
      })
    },
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.server.address() as { port: number }
  const mailed = await bootTest(inject('postgresUrl'), ['base'], {
    BASE_URL: 'https://desk.example.org',
    SMTP_URL: `smtp://127.0.0.1:${port}`,
  })
  try {
    const services = await mailed.servicesFor({ door: 'system' })
    const shown = await services.invitations.invite({ email: 'bo@example.org', name: 'Bo', roles: [] })
    expect(shown.isMailed).toBe(true)
    await mailed.queue.drain()
    expect(received).toHaveLength(1)
    const body = received[0]!.replaceAll('=\r\n', '').replaceAll('=3D', '=')
    expect(body).toMatch(/^To: bo@example\.org/m)
    expect(await services.invitations.holderOf(tokenIn(body))).toMatchObject({ email: 'bo@example.org' })
    // Once it is delivered, the secret is nowhere.
    expect(await services.records.find(OutboxMessage, { to: 'bo@example.org' })).toMatchObject({ status: 'sent', text: null })
  } finally {
    await mailed.close()
    await new Promise<void>((closed) => server.close(() => closed()))
  }
})
