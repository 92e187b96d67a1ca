/** Conditions without JSON: what is put together of rows is the condition, and opening one changes nothing. */

import { AssignmentRule } from '@tessera/assignment-rules'
import { Team } from '@tessera/base'
import { type Composition, conditionOn, matches, type Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { plain, type Visitor, visitorAs, wordsOf } from '../server/visitor.ts'
import { filterBuilder, readFilter } from './builder.ts'

let app: TestApp
let system: Services
let manager: Visitor

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'assignment-rules'])
  system = await app.servicesFor({ door: 'system' })
  manager = await visitorAs(app, 'manager')
  const partner = (await system.records.create(Partner, { name: 'Fatou Camara', city: 'Basse' })).id
  for (const subject of ['Late payment', 'Lost card', 'Card késő']) await system.records.create(Ticket, { subject, partner })
})
afterAll(() => app?.close())

const ticket = () => (app.composition as Composition).models.of(Ticket)

/** The fields of the form's controls as a browser without a script sends them. */
function fieldsOf(html: string): URLSearchParams {
  const form = new URLSearchParams()
  const text = (part: string, attribute: string) => plain(new RegExp(` ${attribute}="([^"]*)"`).exec(part)?.[1] ?? '')
  for (const [whole, kind = '', rest = '', inner = ''] of html.matchAll(
    /<(input)([^>]*)>|<(?:select)([^>]*)>(.*?)<\/select>|<(?:textarea)[^>]*>/gs,
  )) {
    if (whole.startsWith('<textarea')) {
      const value = html.slice(html.indexOf(whole) + whole.length).split('</textarea>')[0] ?? ''
      form.append(text(whole, 'name'), plain(value).replace(/^\n/, ''))
    } else if (kind === 'input') {
      const isTick = /type="checkbox"/.test(rest)
      if (text(rest, 'name') && (!isTick || / checked/.test(rest))) form.append(text(rest, 'name'), text(rest, 'value'))
    } else {
      const head = /^<select([^>]*)>/.exec(whole)?.[1] ?? ''
      const options = [...whole.matchAll(/<option([^>]*)>/g)].map(([, attributes = '']) => attributes)
      const chosen = options.find((option) => / selected/.test(option)) ?? options[0] ?? ''
      form.append(text(head, 'name'), text(chosen, 'value'))
    }
    void inner
  }
  return form
}

const comparison = fc.oneof(
  fc.constantFrom<object>(
    { 'status.category': 'open' },
    { status: { category: { $in: ['open', 'paused'] } } },
    { type: { code: 'complaint' } },
    { 'priority.level': { $gte: 3 } },
    { priority: { level: { $lt: 2 } } },
    { assignee: null },
    { assignee: { $ne: null } },
    { tags: { $null: true } },
    { closedAt: { $null: false } },
    { createdAt: { $gte: { placeholder: 'now', agoMs: 604_800_000 } } },
    { createdAt: { $lt: { placeholder: 'now', agoMs: 7_200_000 } } },
    { createdAt: { $gte: '2026-03-01T08:30:00.000Z' } },
    { createdAt: { $gte: '2026-03-01T08:30:00.000Z', $lt: '2026-04-01T00:00:00Z' } },
    { assignee: { placeholder: 'me', field: 'id' } },
    { team: { $in: [{ placeholder: 'me', field: 'teamIds' }] } },
    { 'partner.city': { $ne: 'Basse' } },
    { $not: { subject: { $contains: 'card' } } },
    { tags: { name: 'vip' } },
    { 'tags.name': { $contains: 'vi' } },
    { tags: { name: { $contains: 'vi' }, version: 1 } },
    { tags: { $or: [{ name: 'vip' }, { name: null }] } },
    { $not: { tags: { name: 'vip', version: { $ne: 3 } } } },
    { 'partner.tags': { name: 'vip' } },
    { $not: { subject: 'x', description: null } },
    { subject: { $in: ['a', 'b'] } },
  ),
  fc.record({ subject: fc.record({ $contains: fc.constantFrom('a', 'é "<&', "it's", ' x ') }) }),
  fc.record({
    description: fc.record({
      $startsWith: fc.string({ minLength: 1, maxLength: 5 }).filter((text) => text.trim() === text && !/[\0\r\n]/.test(text)),
    }),
  }),
)
const { condition } = fc.letrec<{ condition: object }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    comparison,
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map(($and) => ({ $and })),
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map(($or) => ({ $or })),
  ),
}))

describe('The builder', () => {
  it('gives back an equal condition for every one that it shows', async () => {
    const now = new Date('2026-03-05T12:00:00Z')
    const me = { id: 'u1', teamIds: ['t1'] }
    const records = ['Lost card', 'a', null].flatMap((subject, at) =>
      [null, { id: 'u1' }].map((assignee) => ({
        subject,
        assignee,
        description: at === 1 ? null : 'abc',
        status: { id: 's', category: at === 0 ? 'open' : 'closed' },
        type: { id: 'y', code: at === 2 ? 'complaint' : 'request' },
        priority: { id: 'p', level: at + 1 },
        team: { id: at === 1 ? 't1' : 't2' },
        partner: { id: 'c', city: at === 0 ? 'Basse' : null, tags: at === 1 ? [] : [{ id: 'h', name: 'vip' }] },
        tags: at === 0 ? [] : [{ id: 'g', name: 'vip', version: at }],
        closedAt: at === 1 ? now : null,
        createdAt: new Date(now.getTime() - at * 20 * 86_400_000),
      })),
    )
    await fc.assert(
      fc.asyncProperty(condition, async (where) => {
        const { html } = await filterBuilder(system, ticket(), { name: 'where', where, placeholders: true })
        const read = readFilter(system, ticket(), 'where', fieldsOf(html))
        expect([...read.errors]).toEqual([])
        const [before, after] = [conditionOn(ticket(), where), conditionOn(ticket(), read.where)]
        for (const record of records) expect(matches(after, record, { me, now })).toBe(matches(before, record, { me, now }))
      }),
      { numRuns: 200 },
    )
  })

  it('shows what no row can say in words, and leaves it as it is', async () => {
    const where = { description: { $in: ['a', 'b'] }, subject: { $contains: 'card' } }
    const { html } = await filterBuilder(system, ticket(), { name: 'where', where })
    expect(wordsOf(html)).toContain('Description')
    expect(html).toContain('<textarea')
    expect(readFilter(system, ticket(), 'where', fieldsOf(html)).where).toEqual(where)
  })

  it('says of related records that one of them, or none, is such and such: in rows of its own', async () => {
    const where = { $not: { tags: { name: { $startsWith: 'v' }, version: 1 } }, subject: { $contains: 'card' } }
    const shown = await filterBuilder(system, ticket(), { name: 'where', where })
    expect(shown.html).not.toContain('<textarea')
    expect(wordsOf(shown.html)).toContain('None of “Tags” where')
    const { $not, subject } = where
    expect(readFilter(system, ticket(), 'where', fieldsOf(shown.html)).where).toEqual({ $and: [{ $not }, { subject }] })

    // The same by hand: a field, "has one that", then the fields of what it leads to.
    const again = async (form: URLSearchParams, change = 'update') => {
      form.set('where.change', change)
      const { html } = await filterBuilder(system, ticket(), { name: 'where', where: undefined, form })
      return { html, form: fieldsOf(html) }
    }
    const row = new URLSearchParams({ 'where.join': 'all', 'where.0.field': 'tags', 'where.0.of': 'tags', 'where.0.op': 'some' })
    const begun = await again(row)
    expect([begun.form.get('where.0.some'), begun.form.get('where.0.0.field')]).toEqual(['tags', ''])
    expect(begun.html).toContain('Any of “Tags” where')
    expect(begun.html).not.toContain('value="priority.level"')
    begun.form.set('where.0.0.field', 'name')
    const chosen = await again(begun.form)
    chosen.form.set('where.0.0.value', 'vip')
    expect(readFilter(system, ticket(), 'where', chosen.form)).toMatchObject({ where: { tags: { name: { $contains: 'vip' } } } })
    chosen.form.set('where.0.0.field', 'subject')
    expect([...readFilter(system, ticket(), 'where', chosen.form).errors.keys()]).toEqual(['0.0'])
    expect((await again(chosen.form, 'remove:0')).form.get('where.0.some')).toBeNull()
  })

  it('finds among many records without a script: a box, a button, and the page comes back with what was found', async () => {
    await system.records.createMany(
      Partner,
      Array.from({ length: 60 }, (_, at) => ({ name: `Partner ${String(at).padStart(2, '0')}` })),
    )
    const far = (await system.records.find(Partner, { name: 'Partner 59' }))!.id
    const row = { 'where.join': 'all', 'where.0.field': 'partner', 'where.0.of': 'partner', 'where.0.op': 'in' }
    const press = async (fields: Record<string, string>) =>
      manager.post('/tickets/filter', { back: '/tickets', ...row, ...fields, 'where.change': 'update' })
    const first = await press({})
    expect(first.html).toMatch(/<noscript>.*name="where\.0\.find".*name="where\.change" value="update"/s)
    expect(first.html).not.toContain(far)
    const found = await press({ 'where.0.find': 'partner 59' })
    expect(found.html).toContain(`name="where.0.value" value="${far}"`)
    const chosen = await press({ 'where.0.find': '', 'where.0.value': far })
    expect(chosen.html).toContain(`value="${far}" checked`)
  })

  it('keeps what was typed when a row is added, a group begun, another removed', async () => {
    const press = async (form: URLSearchParams, change: string) => {
      form.set('where.change', change)
      return fieldsOf((await filterBuilder(system, ticket(), { name: 'where', where: undefined, form })).html)
    }
    const first = await press(fieldsOf((await filterBuilder(system, ticket(), { name: 'where', where: undefined })).html), 'add:')
    first.set('where.0.field', 'subject')
    const second = await press(first, 'update')
    expect(second.get('where.0.op')).toBe('contains')
    second.set('where.0.value', 'half')
    const third = await press(second, 'group:')
    expect([third.get('where.0.value'), third.get('where.1.join'), third.get('where.1.0.field')]).toEqual(['half', 'any', ''])
    third.set('where.1.0.field', 'assignee')
    const fourth = await press(third, 'update')
    fourth.set('where.1.0.op', 'empty')
    expect(readFilter(system, ticket(), 'where', fourth).where).toEqual({ subject: { $contains: 'half' }, assignee: null })
    const fifth = await press(fourth, 'remove:0')
    expect(readFilter(system, ticket(), 'where', fifth).where).toEqual({ assignee: null })
  })

  it('says at its row what is wrong', async () => {
    const form = new URLSearchParams({
      'where.join': 'all',
      'where.0.field': 'priority.level',
      'where.0.op': 'is',
      'where.0.value': 'high',
      'where.1.field': '',
    })
    const { errors } = readFilter(system, ticket(), 'where', form)
    expect([...errors]).toEqual([
      ['0', 'Give a number that the field can hold.'],
      ['1', 'Choose a field that you may read, or remove this row.'],
    ])
    const { html } = await filterBuilder(system, ticket(), { name: 'where', where: undefined, form })
    expect(wordsOf(html)).toContain('Give a number that the field can hold.')
  })
})

describe('In a form, without a script', () => {
  it('an assignment rule is written and changed without JSON', async () => {
    const { html } = await manager.get('/assignment-rules/new')
    expect(html).toContain('data-builder="condition"')
    const half = await manager.post('/assignment-rules/new', { name: 'Cards', 'condition.join': 'all', 'condition.change': 'add:' })
    expect([half.status, half.html.includes('value="Cards"') || half.html.includes('>Cards<') || half.html.includes('Cards')]).toEqual([
      200,
      true,
    ])
    expect(half.html).toContain('name="condition.0.field"')
    const person = (await system.identity.createUser({ email: 'clerk@example.org', name: 'Clerk', roles: ['agent'] })).id
    const row = { 'condition.join': 'all', 'condition.0.field': 'subject', 'condition.0.op': 'contains', 'condition.0.value': 'card' }
    const wrong = await manager.post('/assignment-rules/new', { name: 'Cards', ...row, 'condition.0.value': '' })
    expect([wrong.status, wordsOf(wrong.html)]).toEqual([422, expect.stringContaining('Give a value, or remove this row.')])
    const made = await manager.post('/assignment-rules/new', { name: 'Cards', strategy: 'person', person, ...row })
    expect(made.status).toBe(303)
    const { rows } = await system.records.query(AssignmentRule, { fields: ['condition', 'when', 'version'], where: { name: 'Cards' } })
    expect(rows[0]).toMatchObject({ condition: { subject: { $contains: 'card' } }, when: 'Subject contains card' })
    const shown = await manager.get(made.location)
    const sent = Object.fromEntries([...fieldsOf(shown.html)].filter(([name]) => name.startsWith('condition.')))
    await manager.post(made.location, { ...sent, _version: '1' })
    expect(await system.records.get(AssignmentRule, rows[0]!.id)).toMatchObject({ version: 1 })
  })

  it('a list is narrowed by a condition of one’s own, which is said in its chip', async () => {
    const page = await manager.get('/tickets/filter?back=/tickets')
    expect([page.status, page.html.includes('data-builder="where"')]).toEqual([200, true])
    const row = { back: '/tickets', 'where.join': 'all', 'where.0.field': 'subject', 'where.0.op': 'contains', 'where.0.value': 'card' }
    const again = await manager.post('/tickets/filter', { ...row, 'where.change': 'add:' })
    expect([again.status, fieldsOf(again.html).get('where.0.value')]).toEqual([200, 'card'])
    const { status, location } = await manager.post('/tickets/filter', row)
    expect(status).toBe(303)
    const list = wordsOf((await manager.get(location)).html)
    expect(list).toContain('Subject contains card')
    expect(list).toContain('Lost card')
    expect(list).not.toContain('Late payment')
  })

  it('counts what matches, as far as the asker sees it', async () => {
    const row = { builder: 'where', 'where.join': 'all', 'where.0.field': 'subject', 'where.0.op': 'contains', 'where.0.value': 'card' }
    expect(wordsOf((await manager.post('/tickets/count', row)).html)).toContain('2 of 3 tickets match')
    const customer = await visitorAs(app, 'customer')
    expect((await customer.post('/tickets/count', row)).status).toBe(403)
  })

  it('tells nobody through related records what he may not see of them', async () => {
    const agent = await visitorAs(app, 'agent')
    const team = (await system.records.create(Team, { name: 'Elsewhere' })).id
    const partner = (await system.records.create(Partner, { name: 'Of elsewhere' })).id
    await system.records.create(Ticket, { subject: 'Hidden from her', partner, team })
    const asked = async (some: string, path: string, value: string) => {
      const row = {
        'where.0.some': some,
        'where.0.join': 'all',
        'where.0.0.field': path,
        'where.0.0.op': 'contains',
        'where.0.0.value': value,
      }
      return wordsOf((await agent.post('/partners/count', { builder: 'where', 'where.join': 'all', ...row })).html).replace(value, '')
    }
    for (const some of ['tickets', '!tickets']) expect(await asked(some, 'subject', 'Hidden')).toBe(await asked(some, 'subject', 'Nowhere'))
    expect(await asked('tickets', 'assignee.passwordHash', 'a')).toContain('Complete every row')
    const find = { 'where.0.field': 'tickets', 'where.0.of': 'tickets', 'where.0.op': 'in', 'where.0.find': 'hidden' }
    const found = await agent.post('/partners/builder', { builder: 'where', 'where.join': 'all', ...find, 'where.change': 'update' })
    expect([found.status, found.html.includes('Hidden from her')]).toEqual([200, false])
  })
})
