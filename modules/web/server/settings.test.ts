import base, { AuditEntry } from '@tessera/base'
import { defineModule, settings } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { z } from 'zod'
import web from '../index.ts'
import { type Visitor, visitorAs, wordsOf } from './visitor.ts'

const gateway = settings(
  'Gateway',
  z.object({
    retries: z.number().int().min(1).max(9).default(3).describe('How often it is tried'),
    token: z.string().default('').meta({ format: 'password' }),
    mode: z.enum(['fast', 'safe']).default('safe'),
    hosts: z.array(z.string().regex(/^[a-z.]+$/)).default(['a.example', 'b.example']),
    on: z.boolean().default(true).meta({ variable: 'GATEWAY_ON' }),
  }),
)
const sms = defineModule({ name: 'sms', depends: [base, web], settings: [gateway] })

let app: TestApp
let admin: Visitor & { readonly user: string }
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), [base, web, sms], { GATEWAY_ON: 'false' })
  admin = await visitorAs(app, 'administrator')
})
afterAll(() => app.close())

const kept = async () => (await app.servicesFor({ door: 'system' })).settings.get(gateway)

describe('The page of settings', () => {
  it('is made from what modules declare, and can be searched', async () => {
    const words = wordsOf((await admin.get('/settings')).html)
    expect(words).toMatch(/Organisation web Name .*Gateway sms Retries .*Token .*Mode .*On/)
    expect(words).toContain('How often it is tried')
    const found = wordsOf((await admin.get('/settings?q=how+often')).html)
    expect(found).toContain('Gateway')
    expect(found).not.toContain('Stands on every page')
  })

  it('keeps what was set, tells who changed which, and shows no secret again', async () => {
    await admin.post('/settings/sms.Gateway', { 'sms.Gateway.retries': '5', 'sms.Gateway.token': 'hush-hush', 'sms.Gateway.mode': 'fast' })
    expect(await kept()).toMatchObject({ retries: 5, token: 'hush-hush', mode: 'fast', on: false })
    const { html } = await admin.get('/settings')
    expect(html).not.toContain('hush-hush')
    await admin.post('/settings/sms.Gateway', { 'sms.Gateway.retries': '6', 'sms.Gateway.token': '', 'sms.Gateway.mode': 'fast' })
    expect(await kept()).toMatchObject({ retries: 6, token: 'hush-hush' })
    const { records } = await app.servicesFor({ door: 'system' })
    const { rows } = await records.query(AuditEntry, { fields: ['record', 'actor', 'details'], where: { kind: 'settings' }, limit: 5 })
    expect(rows[0]).toMatchObject({ record: 'sms.Gateway', actor: { id: admin.user } })
    expect(JSON.stringify(rows)).not.toContain('hush-hush')
  })

  it('takes several texts with commas between them', async () => {
    expect((await admin.get('/settings')).html).toMatch(/name="sms\.Gateway\.hosts"[^>]*value="a\.example, b\.example"/)
    await admin.post('/settings/sms.Gateway', { 'sms.Gateway.hosts': 'c.example,, d.example ' })
    expect(await kept()).toMatchObject({ hosts: ['c.example', 'd.example'], retries: 6 })
    expect((await admin.post('/settings/sms.Gateway', { 'sms.Gateway.hosts': 'C:' })).status).toBe(422)
    await admin.post('/settings/sms.Gateway', { 'sms.Gateway.hosts': '', 'sms.Gateway.mode': 'fast' })
    expect(await kept()).toMatchObject({ hosts: [] })
  })

  it('says which settings the environment decides, and does not take others for them', async () => {
    expect(wordsOf((await admin.get('/settings')).html)).toMatch(/On web\.no web\.setting_locked/)
    await admin.post('/settings/sms.Gateway', { 'sms.Gateway.on': 'true', 'sms.Gateway.retries': '6', 'sms.Gateway.mode': 'safe' })
    expect(await kept()).toMatchObject({ on: false, mode: 'safe' })
  })

  it('refuses what does not fit, and keeps what was typed', async () => {
    const answer = await admin.post('/settings/sms.Gateway', { 'sms.Gateway.retries': '40', 'sms.Gateway.mode': 'safe' })
    expect(answer.status).toBe(422)
    expect(answer.html).toContain('value="40"')
    expect(await kept()).toMatchObject({ retries: 6 })
  })

  it('gives the organisation its name on every page', async () => {
    await admin.post('/settings/web.Organisation', { 'web.Organisation.name': 'Larkfield City' })
    expect((await admin.get('/settings')).html).toContain('<span class="cut">Larkfield City</span>')
    const nobody = await fetch(new URL('/sign-in', await app.listen()))
    expect(await nobody.text()).toContain('Larkfield City')
  })

  it('is for administrators', async () => {
    const manager = await visitorAs(app, 'manager')
    expect((await manager.get('/settings')).status).toBe(403)
    expect((await manager.post('/settings/web.Organisation', { 'web.Organisation.name': 'Mine' })).status).toBe(403)
  })
})
