import { bootTest, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { note, reply, Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { NotificationTemplate } from './index.ts'
import { checkTemplate } from './mail/check.ts'
import { plainText } from './mail/plain-text.ts'
import { arabic } from './shipped/arabic.ts'
import { english } from './shipped/english.ts'
import { french } from './shipped/french.ts'

let app: TestApp
let manager: SignedIn
let template: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['notifications'])
  manager = await signedInAs(app, 'manager')
  const { records } = await app.servicesFor({ door: 'system' })
  template = (await records.find(NotificationTemplate, { event: 'replied', audience: 'partner' }))!.id
})
afterAll(() => app.close())

const write = async (changes: object, who = manager) => {
  const { records } = await who.services()
  return records.update(NotificationTemplate, template, changes)
}
/** A page as somebody sees it who signed in to `at`. */
async function open(path: string, who = manager, at = app): Promise<Response> {
  const { identity } = await at.servicesFor({ door: 'system' })
  const { token } = await identity.openSession(who.user)
  return fetch((await at.listen()) + path, { headers: { cookie: `tessera=${token}` }, redirect: 'manual' })
}
const inText = (text: string) => ({ body: `<mj-text><p>${text}</p></mj-text>` })
const known = 'number, subject, status, type, priority, partner, assignee, team, name, author, message, reason, url, organisation'

describe('A template is refused on saving', () => {
  it.each([
    [inText('Hello {{nmae}}'), `{{nmae}} is no placeholder. Known are: ${known}.`],
    [{ subject: 'About {{colour}}' }, `{{colour}} is no placeholder. Known are: ${known}.`],
    [inText('{{constructor}}'), '{{constructor}} is no placeholder. '],
    [inText('{{__proto__}}'), '{{__proto__}} is no placeholder. '],
    [inText('{{constructor.constructor}}'), '{{constructor.constructor}} cannot stand in a mail. '],
    [inText('{{subject.length}}'), '{{subject.length}} cannot stand in a mail. '],
    [inText('{{this}}'), '{{this}} cannot stand in a mail. '],
    [inText('{{@root}}'), '{{@root}} cannot stand in a mail. '],
    [inText('{{../name}}'), '{{../name}} cannot stand in a mail. '],
    [inText('{{{message}}}'), '{{{message}}} cannot stand in a mail. '],
    [inText('{{&message}}'), '{{&message}} cannot stand in a mail. '],
    [inText('{{lookup this "__proto__"}}'), '{{lookup this "__proto__"}} cannot stand in a mail. '],
    [inText('{{log message}}'), '{{log message}} cannot stand in a mail. '],
    [inText('{{#with message}}x{{/with}}'), '{{#with message}} cannot stand in a mail. '],
    [inText('{{#each message}}x{{/each}}'), '{{#each message}} cannot stand in a mail. '],
    [inText('{{#if (lookup this "name")}}x{{/if}}'), '{{#if (lookup this "name")}} cannot stand in a mail. '],
    [inText('{{#if message}}{{{name}}}{{/if}}'), '{{{name}}} cannot stand in a mail. '],
    [inText('{{> other}}'), '{{> other}} cannot stand in a mail. '],
    [inText('{{#> other}}x{{/other}}'), '{{#> other}} cannot stand in a mail. '],
    [inText('{{* other}}'), '{{* other}} cannot stand in a mail. '],
    [inText('&#123;{constructor}}'), '{{constructor}} is no placeholder. '],
    [inText('{<b></b>{constructor}}'), '{{constructor}} is no placeholder. '],
    [inText('{<!-- -->{constructor}}'), '{{constructor}} is no placeholder. '],
    [inText('{{#if message}}never ends'), 'The braces in line 1 do not match: '],
    [inText('\n{{name'), 'The braces in line 2 do not match: '],
    [{ body: '<mj-include path="/etc/passwd" />' }, '"<mj-include>" cannot stand in a mail. Parts of a mail are mj-text, mj-button, '],
    [{ body: '<mj-text><mj-include path="x" /></mj-text>' }, '"<mj-include>" cannot stand in a mail. '],
    [{ body: '<mj-raw><p>x</p></mj-raw>' }, '"<mj-raw>" cannot stand in a mail. '],
    [{ body: '</mj-column><mj-column><mj-text>x</mj-text>' }, '"<mj-column>" cannot stand in a mail. '],
    [inText('<script>alert(1)</script>'), '"<script>" cannot stand in a mail. '],
    [inText('<iframe src="https://example.org">'), '"<iframe>" cannot stand in a mail. '],
    [{ body: '<mj-text colour="red">x</mj-text>' }, 'This is no MJML that makes a mail: Attribute colour is illegal.'],
    [{ body: 'Hello {{name}}' }, '"Hello {{name}}" stands between the parts of the mail, where it would be lost.'],
    [{ body: '{{#if message}}<mj-text>x</mj-text>{{/if}}' }, '"{{#if message}}{{/if}}" stands between the parts'],
  ])('%o: %s', async (changes, sentence) => {
    await expect(write(changes)).rejects.toMatchObject({ status: 422, message: expect.stringContaining(sentence) })
  })

  it('with the same sentence through the API', async () => {
    const init = { method: 'PATCH', body: JSON.stringify(inText('{{nmae}}')) }
    const answer = await manager.fetch(`/api/notification-templates/${template}`, init)
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain('{{nmae}} is no placeholder. Known are: number, subject, ')
  })

  it('in whatever language it was written', async () => {
    await expect(write({ body: { fr: inText('Bonjour {{nom}}').body } })).rejects.toMatchObject({
      code: 'notifications.unknown_placeholder',
    })
    const { records } = await app.servicesFor({ door: 'system' })
    expect((await records.get(NotificationTemplate, template)).version).toBe(1)
  })

  it('when a receiver makes no sense, or there is one already', async () => {
    const { records } = await manager.services()
    const wording = { subject: 'You have it', body: inText('Now').body }
    await expect(records.create(NotificationTemplate, { event: 'assigned', audience: 'partner', ...wording })).rejects.toMatchObject({
      errors: [
        {
          code: 'notificationTemplate.sensible',
          text: expect.stringContaining('a customer is never told to whom his ticket was assigned'),
        },
      ],
    })
    await expect(records.create(NotificationTemplate, { event: 'created', audience: 'assignee', ...wording })).rejects.toMatchObject({
      status: 422,
    })
    await expect(records.create(NotificationTemplate, { event: 'closed', audience: 'partner', ...wording })).rejects.toMatchObject({
      errors: [{ code: 'notificationTemplate.event' }],
    })
    expect(await records.create(NotificationTemplate, { event: 'closed', audience: 'team', ...wording })).toMatchObject({ active: true })
  })

  it('by whoever is no manager', async () => {
    const agent = await signedInAs(app, 'agent')
    await expect(write({ subject: 'Mine' }, agent)).rejects.toMatchObject({ status: 404 })
    expect((await agent.fetch('/api/notification-templates')).status).toBe(403)
  })
})

describe('A template that a manager changed', () => {
  it('is what the next mail says, in that language, and the others stay', async () => {
    const { records } = await manager.services()
    await write({
      subject: 'A word on {{number}}',
      body: inText('{{#unless reason}}Hello{{else}}Bye{{/unless}} {{name}}: {{message}}').body,
    })
    const { id: partner } = await records.create(Partner, { name: 'Ada', email: 'ada@example.com' })
    const { id, number } = await records.create(Ticket, { subject: 'My card', partner })
    await records.act(reply, id, { body: 'It <b>came</b>' })
    const [mail] = await app.connection.run(
      `select subject, text, html from outbox_message where event = 'ticket.replied' and conversation = $1`,
      [id],
    )
    expect(mail).toMatchObject({ subject: `A word on ${number}`, text: expect.stringMatching(/^Hello Ada: It <b>came<\/b>\n/) })
    expect(mail?.html).toContain('Hello Ada: It &lt;b&gt;came&lt;/b&gt;')
    const [{ subject } = {}] = await app.connection.run('select subject from notification_template where id = $1', [template])
    expect(subject).toEqual({ en: 'A word on {{number}}', fr: french.replied_partner.subject, ar: arabic.replied_partner.subject })
  })
})

describe('The shipped templates', () => {
  const all = Object.entries({ en: english, fr: french, ar: arabic }).flatMap(([language, wordings]) =>
    Object.entries(wordings).map(([name, wording]) => [language, name, wording] as const),
  )
  it.each(all)('in %s, %s would be taken as they are', async (language, _, { subject, body }) => {
    checkTemplate.subject(subject)
    await checkTemplate.body(body, language)
    expect(plainText(body)).not.toMatch(/<|>|&\w+;/)
  })
})

describe('The preview', () => {
  it('shows the mail for the latest ticket in a frame that can do nothing', async () => {
    const { records } = await manager.services()
    const { rows } = await records.query(Ticket, { fields: ['number'], limit: 1 })
    await records.act(note, rows[0]!.id, { body: 'canary-77' })
    const page = await (await open(`/notifications/preview/${template}?language=ar`)).text()
    expect(page).toContain(`Made of ticket ${rows[0]!.number}`)
    expect(page).toContain(`<iframe class="mail-preview-body" src="/notifications/preview/${template}/body?language=ar" sandbox`)
    const body = await open(`/notifications/preview/${template}/body?language=ar`)
    expect(body.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'",
    )
    expect(body.headers.get('x-frame-options')).toBe('SAMEORIGIN')
    const mail = await body.text()
    expect(mail).toContain('dir="rtl"')
    expect(page + mail).not.toContain('canary-77')
  })

  it('is one click from the template', async () => {
    const page = await (await open(`/notification-templates/${template}`)).text()
    expect(page).toContain(`/notifications/preview/${template}`)
  })

  it('is for managers, of a template that there is', async () => {
    const agent = await signedInAs(app, 'agent')
    for (const path of [`/notifications/preview/${template}`, `/notifications/preview/${template}/body`]) {
      expect((await open(path, agent)).status).toBe(403)
      expect((await open(path.replace(template, 'nothing'))).status).toBe(404)
    }
  })
})

it('A preview without any ticket is made of an invented one', async () => {
  const empty = await bootTest(inject('postgresUrl'), ['notifications'])
  try {
    const mona = await signedInAs(empty, 'manager', { language: 'fr' })
    const { records } = await mona.services()
    for (const { id } of (await records.query(NotificationTemplate, { fields: [] })).rows) {
      const body = await open(`/notifications/preview/${id}/body`, mona, empty)
      expect(body.status).toBe(200)
      expect(await body.text()).toContain('T-2026-00042')
    }
  } finally {
    await empty.close()
  }
})
