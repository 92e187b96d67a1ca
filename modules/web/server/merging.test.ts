/** Records that are brought together, on the screens of somebody whose browser runs no script. */
import { Role, RuleSet, Team } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Activity } from '@tessera/thread'
import { close, merge, note, reply, Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { plain, type Seen, type Visitor, visitorAs, wordsOf } from './visitor.ts'

let app: TestApp
let system: Services
let manager: Visitor & { readonly user: string }
let partner: string
let other: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket'])
  system = await app.servicesFor({ door: 'system' })
  manager = await visitorAs(app, 'manager')
  partner = (await system.records.create(Partner, { name: 'Lucia Rossi' })).id
  other = (await system.records.create(Partner, { name: 'Omar Haddad' })).id
})
afterAll(() => app?.close())

const file = (subject: string, more: object = {}) => system.records.create(Ticket, { subject, partner, ...more })
const intoOf = async (id: string) => (await system.records.get(Ticket, id, ['mergedInto'])).mergedInto?.id ?? null
const toastOf = async (answer: Seen) => {
  const toast = /<div class="toast [\s\S]*?<\/div>/.exec((await manager.get(answer.location)).html)?.[0] ?? ''
  return { said: wordsOf(toast), undo: plain(/action="([^"]+)"/.exec(toast)?.[1] ?? '') }
}
const chosenIn = (html: string) => /name="into" value="([^"]+)" checked/.exec(html)?.[1]

describe('Several tickets of the list', () => {
  it('are shown with what one must know of them, and go on in the oldest open one unless another is chosen', async () => {
    const closed = await file('Lamp one')
    await system.records.act(close, closed.id, {})
    const [first, second] = [await file('Lamp two'), await file('Lamp three')]
    const back = '/tickets?q=Lamp'
    const ids = [second.id, closed.id, first.id]
    const asked = await manager.post('/tickets/actions/merge', { id: ids, back })
    expect(wordsOf(asked.html)).toMatch(
      /3 tickets .*closed and goes on in the one that remains.*Lamp one Lucia Rossi Resolved.*Lamp two Lucia Rossi New/,
    )
    expect(chosenIn(asked.html)).toBe(first.id)
    const done = await toastOf(await manager.post('/tickets/actions/merge', { id: ids, back, into: second.id, _go: '1' }))
    expect(done.said).toContain('Merge: 2 done, 0 refused')
    expect(await Promise.all(ids.map(intoOf))).toEqual([null, second.id, second.id])
    const undone = await toastOf(await manager.post(done.undo, { back }))
    expect(undone.said).toContain('Put back: 2 done, 0 refused')
    expect(await Promise.all(ids.map(intoOf))).toEqual([null, null, null])
    expect((await system.records.get(Ticket, first.id)).status.category).toBe('open')
    expect((await system.records.get(Ticket, closed.id)).status.category).toBe('closed')
  })

  it('that cannot go on there stay as they are, each with its reason, and can be tried with another', async () => {
    const [one, two, strange] = [await file('Pipe one'), await file('Pipe two'), await file('Pipe three', { partner: other })]
    const ids = [one.id, two.id, strange.id]
    const answer = await manager.post('/tickets/actions/merge', { id: ids, back: '/tickets', into: one.id, _go: '1' })
    expect(answer.status).toBe(422)
    expect(wordsOf(answer.html)).toMatch(/1 done, 1 refused .*Pipe three: Tickets .* are of different customers/)
    expect(chosenIn(answer.html)).toBe(one.id)
    // What is merged already cannot be the one that remains.
    const again = await manager.post('/tickets/actions/merge', { id: [one.id, two.id], back: '/tickets' })
    expect(wordsOf(again.html)).toContain('Cannot be the one that remains.')
  })

  it('are offered by whoever may not see whose they are without a hint at that', async () => {
    const { id: role } = await system.records.create(Role, { name: 'clerk', label: 'Clerk', includes: [{ code: 'staff' }] })
    await system.records.create(RuleSet, { role, model: 'ticket', rules: [{ verbs: ['read', 'update', 'merge'] }] })
    const clerk = await visitorAs(app, 'clerk')
    const [one, theirs] = [await file('Kerb one'), await file('Kerb two', { partner: other })]
    const dialog = await clerk.get(`/tickets/${one.id}/actions/merge`)
    expect(dialog.status).toBe(200)
    expect(dialog.html).not.toMatch(/Lucia|Omar/)
    const answer = await clerk.post(`/tickets/${one.id}/actions/merge`, { into: theirs.id })
    expect(answer.status).toBe(422)
    expect(answer.html).not.toMatch(/Lucia|Omar/)
    expect(await intoOf(one.id)).toBeNull()
  })

  it('are at most fifty', async () => {
    const ids = await system.records.createMany(
      Ticket,
      Array.from({ length: 51 }, (_, at) => ({ subject: `Many ${at}`, partner: other })),
    )
    const { said } = await toastOf(await manager.post('/tickets/actions/merge', { id: ids, back: '/tickets?q=Many' }))
    expect(said).toContain('At most 50 can be brought together at once.')
  })
})

describe('From its form a ticket', () => {
  it('is offered the open ones of its customer first, finds the closed ones by typing, and nobody else’s', async () => {
    const [one, open, done, strange] = [
      await file('Tap one'),
      await file('Tap two'),
      await file('Tap three'),
      await file('Tap four', { partner: other }),
    ]
    await system.records.act(close, done.id, {})
    const asked = await manager.get(`/tickets/${one.id}/actions/merge`)
    const options = [...asked.html.matchAll(/<option value="([^"]+)"/g)].map(([, id]) => id)
    expect(options.indexOf(open.id)).toBeGreaterThanOrEqual(0)
    expect(options.indexOf(open.id)).toBeLessThan(options.indexOf(done.id))
    expect(options).not.toContain(strange.id)
    expect(options).not.toContain(one.id)
    const search = plain(/search="([^"]+)"/.exec(asked.html)?.[1] ?? '')
    const found = JSON.parse((await manager.get(`${search}&q=Tap`)).html) as { data: { id: string }[] }
    expect(found.data.map(({ id }) => id).toSorted()).toEqual([open.id, done.id].toSorted())
    const merged = await manager.post(`/tickets/${one.id}/actions/merge`, { into: open.id })
    expect(merged.status).toBe(303)
    expect(await intoOf(one.id)).toBe(open.id)
  })
})

describe('The form', () => {
  it('of a merged ticket says where it goes on and takes no more words; that of the other shows all that was said', async () => {
    const agent = await app.servicesFor({ door: 'web', user: manager.user })
    const one = await file('Roof leaks', { description: 'Since the storm' })
    const two = await file('Water in the attic')
    await agent.records.act(reply, one.id, { body: 'We send somebody.' })
    await agent.records.act(note, one.id, { body: 'The same house.' })
    await agent.records.create(Activity, { ticket: one.id, summary: 'Call the roofer', due: '2026-03-01', user: manager.user })
    await agent.records.act(merge, one.id, { into: two.id })
    const left = await manager.get(`/tickets/${one.id}`)
    expect(wordsOf(left.html)).toContain(`Merged into: ${two.number} Water in the attic It goes on there`)
    expect(left.html).not.toContain('data-saying="reply"')
    expect(left.html).toContain(`/tickets/${one.id}/actions/unmerge`)
    expect(left.html).not.toContain(`/tickets/${one.id}/actions/reopen`)
    const remaining = await manager.get(`/tickets/${two.id}`)
    const said = wordsOf(remaining.html)
    for (const each of ['Roof leaks Since the storm', 'We send somebody.', 'The same house.', 'Call the roofer', '1 Merged'])
      expect(said).toContain(each)
    expect(remaining.html).toContain('data-saying="reply"')
    expect(remaining.html.match(new RegExp(`<bdi>${one.number}</bdi></a>`, 'g'))).toHaveLength(3)
    const found = await manager.get(`/search?q=${one.number}`)
    expect(wordsOf(found.html)).toContain(`Merged into: ${two.number} Water in the attic`)
  })

  it('shows of what was merged only what its reader may read', async () => {
    const theirs = (await system.records.create(Team, { name: 'Theirs' })).id
    const [secret, shown] = [await file('Canary subject', { team: theirs, description: 'Canary words' }), await file('Plain subject')]
    await system.records.act(merge, secret.id, { into: shown.id })
    const agent = await visitorAs(app, 'agent')
    const { html } = await agent.get(`/tickets/${shown.id}`)
    expect(html).toContain('Plain subject')
    expect(html).not.toContain('Canary')
    expect(html).not.toContain(secret.number)
    expect(html).not.toContain(secret.id)
    const away = await file('Joined away')
    await system.records.act(merge, away.id, { into: (await file('Canary target', { team: theirs })).id })
    const seen = await agent.get(`/tickets/${away.id}`)
    expect(wordsOf(seen.html)).toContain('It goes on elsewhere, where you may not see it.')
    expect(seen.html).not.toContain('Canary')
  })
})
