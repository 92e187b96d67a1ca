import { Role, RuleSet } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { idIn, plain, type Visitor, visitorAs, wordsOf } from './visitor.ts'

let app: TestApp
let system: Services
let manager: Visitor & { readonly user: string }
let other: Visitor & { readonly user: string }
let clerk: Visitor
let companies = 0

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['partner', 'web'])
  system = await app.servicesFor({ door: 'system' })
  manager = await visitorAs(app, 'manager')
  other = await visitorAs(app, 'manager')
  // Writes partners, of their telephone and of deleting them knows nothing, and makes none elsewhere.
  const { id: role } = await system.records.create(Role, { name: 'clerk', label: 'Clerk', includes: [{ code: 'staff' }] })
  const fields = ['name', 'email', 'kind', 'contacts', 'company', 'city', 'active']
  const rules = [
    { verbs: ['read', 'create'], where: { name: { $ne: 'Secret' } }, fields },
    { verbs: ['update'], where: { name: { $ne: 'Boss' } }, fields },
  ]
  await system.records.create(RuleSet, { role, model: 'partner', rules })
  clerk = await visitorAs(app, 'clerk')
})
afterAll(() => app?.close())

/** A company with people, who are named with it. */
async function company(...people: readonly string[]): Promise<{ readonly id: string; readonly people: readonly string[] }> {
  companies += 1
  const { id } = await system.records.create(Partner, { name: `Company ${companies}`, kind: 'company' })
  const ids: string[] = []
  for (const name of people) ids.push((await system.records.create(Partner, { name, company: id })).id)
  return { id, people: ids }
}
const peopleOf = async (id: string) => {
  const { rows } = await system.records.query(Partner, { fields: ['name', 'email', 'version'], where: { company: id } })
  return rows.map(({ name, email, version }) => [name, email, version])
}
const stored = (id: string) => system.records.get(Partner, id)
const held = (html: string, name: string) =>
  plain(new RegExp(`<input[^>]* name="${name.replaceAll('.', '\\.')}"[^>]* value="([^"]*)"`).exec(html)?.[1] ?? '')

describe('The people of a company', () => {
  it('stand on its form as lines; a person has none', async () => {
    const { id, people } = await company('Ada', 'Berta')
    const { html } = await manager.get(`/partners/${id}`)
    expect(people.map((each) => held(html, `contacts.${each}.name`))).toEqual(['Ada', 'Berta'])
    expect(wordsOf(html)).toContain('Add a line')
    expect((await manager.get(`/partners/${people[0]}`)).html).not.toContain('data-lines')
    expect((await manager.get('/partners/new?kind=company')).html).toContain('data-lines="contacts"')
  })

  it('are added, changed and removed with the company, all at once', async () => {
    const { id, people } = await company('Ada', 'Berta', 'Cleo')
    const saved = await manager.post(`/partners/${id}`, {
      _version: '1',
      city: 'Lyon',
      [`contacts.${people[0]}._version`]: '1',
      [`contacts.${people[0]}.name`]: 'Ada',
      [`contacts.${people[0]}.email`]: 'ada@people.example',
      [`contacts.${people[1]}._version`]: '1',
      [`contacts.${people[1]}._removed`]: 'true',
      [`contacts.${people[2]}._version`]: '1',
      [`contacts.${people[2]}.name`]: 'Cleo',
      'contacts.new1._new': 'true',
      'contacts.new1.name': 'Dora',
      'contacts.new1.email': '',
      'contacts.new2._new': 'true',
      'contacts.new2.name': '',
    })
    expect([saved.status, saved.location]).toEqual([303, `/partners/${id}`])
    expect(await peopleOf(id)).toEqual([
      ['Ada', 'ada@people.example', 2],
      ['Cleo', null, 1],
      ['Dora', null, 1],
    ])
    expect(await stored(id)).toMatchObject({ city: 'Lyon', version: 2 })
    const [change] = await system.records.history(Partner, people[0]!, 1)
    expect(change).toMatchObject({ field: 'email', new: 'ada@people.example', actor: { id: manager.user } })
  })

  it('come and go on the page without anything being saved, and what was typed stays', async () => {
    const { id, people } = await company('Ada')
    const line = `contacts.${people[0]}`
    const typed = { _version: '1', city: 'Typed', [`${line}._version`]: '1', [`${line}.name`]: 'Ada typed' }
    const added = await manager.post(`/partners/${id}`, { ...typed, 'contacts.change': 'add' })
    expect([added.status, held(added.html, 'contacts.new1._new'), held(added.html, `${line}.name`), held(added.html, 'city')]).toEqual([
      200,
      'true',
      'Ada typed',
      'Typed',
    ])
    const removed = await manager.post(`/partners/${id}`, {
      ...typed,
      'contacts.new1._new': 'true',
      'contacts.change': `remove:${people[0]}`,
    })
    expect(held(removed.html, `${line}._removed`)).toBe('true')
    expect(wordsOf(removed.html)).toContain('Ada is deleted when you save')
    const kept = await manager.post(`/partners/${id}`, { ...typed, [`${line}._removed`]: 'true', 'contacts.change': `keep:${people[0]}` })
    expect([held(kept.html, `${line}._removed`), held(kept.html, `${line}.name`)]).toEqual(['', 'Ada typed'])
    expect([await peopleOf(id), (await stored(id)).version]).toEqual([[['Ada', null, 1]], 1])
  })

  it('are made with a new company, or neither is', async () => {
    const draft = { name: 'Brand new', kind: 'company', 'contacts.new1._new': 'true', 'contacts.new1.name': 'Eve' }
    const refused = await manager.post('/partners/new', { ...draft, 'contacts.new1.email': 'no address' })
    expect([refused.status, await system.records.count(Partner, { where: { name: 'Brand new' } })]).toEqual([422, 0])
    expect(held(refused.html, 'contacts.new1.email')).toBe('no address')
    const made = await manager.post('/partners/new', draft)
    expect(await peopleOf(idIn(made.location))).toEqual([['Eve', null, 1]])
  })

  it('say what is wrong in their line, and then nothing at all was saved', async () => {
    const { id, people } = await company('Ada', 'Berta')
    const refused = await manager.post(`/partners/${id}`, {
      _version: '1',
      city: 'Nice',
      [`contacts.${people[0]}._version`]: '1',
      [`contacts.${people[0]}.name`]: 'Ada changed',
      [`contacts.${people[1]}._version`]: '1',
      [`contacts.${people[1]}.email`]: 'no address',
      'contacts.new1._new': 'true',
      'contacts.new1.phone': '555',
    })
    expect(refused.status).toBe(422)
    expect(refused.html).toContain(`id="e-contacts.${people[1]}.email"`)
    expect(refused.html).toContain(`href="#f-contacts.${people[1]}.email"`)
    expect(refused.html).toContain('id="e-contacts.new1.name"')
    expect(wordsOf(refused.html)).toMatch(/Nothing was saved: some lines need you.*Contacts 2, Email.*Contacts 3, Name/)
    expect(held(refused.html, `contacts.${people[0]}.name`)).toBe('Ada changed')
    expect([await peopleOf(id), (await stored(id)).city]).toEqual([
      [
        ['Ada', null, 1],
        ['Berta', null, 1],
      ],
      null,
    ])
  })
})

describe('A line that somebody else saved first', () => {
  it('is decided field by field, like the record itself', async () => {
    const { id, people } = await company('Ada')
    const line = `contacts.${people[0]}`
    await other.get(`/partners/${people[0]}`)
    await other.post(`/partners/${people[0]}`, { _version: '1', name: 'Ada Lovelace', phone: '555-01' })
    const mine = {
      _version: '1',
      [`${line}._version`]: '1',
      [`${line}.name`]: 'Ada King',
      [`${line}.email`]: 'ada@people.example',
      [`${line}.phone`]: '',
    }
    const conflict = await manager.post(`/partners/${id}`, mine)
    expect(conflict.status).toBe(409)
    expect(wordsOf(conflict.html)).toMatch(/Ada Lovelace: Name/)
    expect([held(conflict.html, `${line}._version`), held(conflict.html, `${line}.name`)]).toEqual(['2', 'Ada King'])
    expect(await stored(people[0]!)).toMatchObject({ name: 'Ada Lovelace', email: null })
    const merged = { ...mine, [`${line}._version`]: '2', [`_merge.${line}.name`]: 'theirs', [`_merge.${line}.phone`]: 'theirs' }
    expect((await manager.post(`/partners/${id}`, merged)).status).toBe(303)
    expect(await stored(people[0]!)).toMatchObject({ name: 'Ada Lovelace', email: 'ada@people.example', phone: '555-01', version: 3 })
  })

  it('is not removed unseen, and one that is gone is said to be', async () => {
    const { id, people } = await company('Ada', 'Berta')
    const [ada = '', berta = ''] = people
    await system.records.update(Partner, ada, { email: 'ada@people.example' })
    await system.records.remove(Partner, berta)
    const late = await manager.post(`/partners/${id}`, {
      _version: '1',
      [`contacts.${ada}._version`]: '1',
      [`contacts.${ada}._removed`]: 'true',
      [`contacts.${berta}._version`]: '1',
      [`contacts.${berta}.name`]: 'Berta',
    })
    expect(late.status).toBe(409)
    expect(wordsOf(late.html)).toMatch(/Somebody else changed “Ada” meanwhile.*Line 2 is no longer there/)
    expect([held(late.html, `contacts.${ada}._removed`), held(late.html, `contacts.${ada}._version`)]).toEqual(['', '2'])
    expect(await system.records.count(Partner, { where: { id: ada } })).toBe(1)
  })
})

describe('Whoever may write less', () => {
  it('is offered what he may, line by line', async () => {
    const { id, people } = await company('Ada', 'Boss', 'Secret')
    const { html } = await clerk.get(`/partners/${id}`)
    expect([held(html, `contacts.${people[0]}.name`), html.includes(`name="contacts.${people[1]}.name"`)]).toEqual(['Ada', false])
    expect(html).toContain('Boss')
    expect(html).not.toContain(people[2])
    expect(html).not.toContain('value="remove:')
    expect(html).not.toMatch(/name="contacts\.[^"]*\.phone"/)
  })

  it('is refused what he sends all the same, and reaches nobody who is not a line of this record', async () => {
    const { id, people } = await company('Ada', 'Boss')
    const { people: strangers } = await company('Stranger')
    const send = (fields: Record<string, string>) => clerk.post(`/partners/${id}`, { _version: '1', ...fields })
    const line = (key: string | undefined, name: string, value: string) => ({
      [`contacts.${key}._version`]: '1',
      [`contacts.${key}.${name}`]: value,
    })
    const removed = await send(line(people[0], '_removed', 'true'))
    expect([removed.status, wordsOf(removed.html)]).toEqual([403, expect.stringContaining('does not allow you to delete')])
    expect((await send(line(people[1], 'name', 'Underling'))).status).toBe(403)
    expect((await send({ 'contacts.new1._new': 'true', 'contacts.new1.name': 'Secret' })).status).toBe(403)
    expect((await send(line(strangers[0], 'name', 'Taken over'))).status).toBe(409)
    // A field that is none of the form's is not even looked at.
    expect((await send(line(people[0], 'phone', '555'))).status).toBe(303)
    expect(await peopleOf(id)).toEqual([
      ['Ada', null, 1],
      ['Boss', null, 1],
    ])
    expect((await stored(strangers[0]!)).name).toBe('Stranger')
  })
})
