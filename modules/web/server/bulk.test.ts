import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Ticket, type } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { sweepsBulkRuns } from '../bulk.job.ts'
import { BulkFormer, BulkRun } from '../bulk-run.model.ts'
import { linkOf, plain, type Seen, type Visitor, visitorAs, wordsOf } from './visitor.ts'

let app: TestApp
let manager: Visitor & { readonly user: string }
let partner: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
  manager = await visitorAs(app, 'manager')
  partner = await partnerNamed('Lucia Rossi')
})
afterAll(() => app.close())

const system = () => app.servicesFor({ door: 'system' })
const partnerNamed = async (name: string) => (await (await system()).records.create(Partner, { name })).id
async function tickets(count: number, word: string): Promise<readonly string[]> {
  const { records } = await system()
  return records.createMany(
    Ticket,
    Array.from({ length: count }, (_, at) => ({ subject: `${word} ${at}`, partner, type: type.inquiry })),
  )
}
const toastOf = async (answer: Seen) => {
  const page = await manager.get(answer.location)
  const toast = /<div class="toast [\s\S]*?<\/div>/.exec(page.html)?.[0] ?? ''
  return { said: wordsOf(toast), undo: plain(/action="([^"]+)"/.exec(toast)?.[1] ?? '') }
}

describe('One field of many records', () => {
  it('is changed after a question for the field and one for its value, and put back by one press', async () => {
    const ids = await tickets(3, 'dark')
    const list = await manager.get('/tickets?q=dark')
    expect(wordsOf(list.html)).toContain('Change a field…')
    const which = await manager.post('/tickets/edit', { id: ids, back: '/tickets?q=dark' })
    expect(wordsOf(which.html)).toMatch(/3 tickets .*Field/)
    const value = await manager.post('/tickets/edit', { id: ids, back: '/tickets?q=dark', field: 'subject' })
    expect(value.html).toContain('name="subject"')
    const answer = await manager.post('/tickets/edit', { id: ids, back: '/tickets?q=dark', field: 'subject', subject: 'Same', _go: '1' })
    const { records } = await system()
    const subjects = async () =>
      (await records.query(Ticket, { fields: ['subject'], where: { id: { $in: ids } }, order: { id: 'asc' } })).rows.map(
        ({ subject }) => subject,
      )
    expect(await subjects()).toEqual(['Same', 'Same', 'Same'])
    const { said, undo } = await toastOf(answer)
    expect(said).toContain('Subject: 3 done, 0 refused')
    await records.update(Ticket, ids[0]!, { subject: 'Meant otherwise' })
    const back = await toastOf(await manager.post(undo, { back: '/tickets?q=dark' }))
    expect(back.said).toContain('Put back: 2 done, 1 refused')
    expect((await subjects()).toSorted()).toEqual(['Meant otherwise', 'dark 1', 'dark 2'])
    const [latest] = await records.history(Ticket, ids[1]!, 5)
    expect([latest?.field, latest?.old, latest?.new]).toEqual(['subject', 'Same', 'dark 1'])
    expect((await manager.post('/tickets/edit', { id: [], back: '/tickets' })).status).toBe(303)
  })

  it('says of each record why it stays as it was, and does the others', async () => {
    const ids = [await partnerNamed('Rossi one'), await partnerNamed('Rossi two')]
    const asked = { id: ids, back: '/partners', field: 'email', email: 'no address', _go: '1' }
    const refused = await manager.post('/partners/edit', asked)
    expect(refused.status).toBe(422)
    expect(wordsOf(refused.html)).toMatch(/0 done, 2 refused .*Rossi one: .*Rossi two: /)
    expect(refused.html).toContain('name="email"')
  })
})

describe('Records that are put away', () => {
  it('leave the list, come back by one press, and are deleted for good only after a question', async () => {
    const ids = [await partnerNamed('Gone one'), await partnerNamed('Gone two')]
    const archived = await toastOf(await manager.post('/partners/archive', { id: ids, back: '/partners' }))
    expect(archived.said).toContain('Archive: 2 done, 0 refused')
    const { records } = await system()
    const active = () => records.count(Partner, { where: { id: { $in: ids }, active: true } })
    expect(await active()).toBe(0)
    await manager.post(archived.undo, { back: '/partners' })
    expect(await active()).toBe(2)
    // One of them is named by a ticket.
    await records.create(Ticket, { subject: 'Holds it', partner: ids[0]!, type: type.inquiry })
    const question = await manager.post('/partners/delete', { id: ids, back: '/partners' })
    expect(wordsOf(question.html)).toMatch(/Delete partners .*2 partners .*gone for good/)
    expect(await records.count(Partner, { where: { id: { $in: ids } } })).toBe(2)
    const deleted = await manager.post('/partners/delete', { id: ids, back: '/partners', _go: '1' })
    expect([deleted.status, wordsOf(deleted.html)]).toEqual([422, expect.stringMatching(/1 done, 1 refused .*Gone one: /)])
    expect(await records.count(Partner, { where: { id: { $in: ids } } })).toBe(1)
  })
})

describe('More records than one waits for', () => {
  it('are dealt with by a job that one may leave, with the reasons of those that refused as a file', async () => {
    const { records } = await system()
    const names = Array.from({ length: 203 }, (_, at) => ({ name: `swarm ${at}` }))
    const ids = await records.createMany(Partner, names)
    for (const held of ids.slice(0, 2)) await records.create(Ticket, { subject: 'Holds it', partner: held, type: type.inquiry })
    const chosen = await manager.get(linkOf(await manager.get('/partners?q=swarm'), /Select all/))
    expect(wordsOf(chosen.html)).toContain('All 203 selected')
    const all = plain(/name="all" value="([^"]*)"/.exec(chosen.html)?.[1] ?? '')
    const asked = await manager.post('/partners/delete', { all, back: '/partners' })
    expect(wordsOf(asked.html)).toContain('203 partners')
    expect(asked.html).not.toContain(ids[5]!)
    const begun = await manager.post('/partners/delete', { all, back: '/partners', _go: '1' })
    expect(begun.location).toMatch(/^\/partners\/runs\//)
    // The first few at once, so that what is wrong for all of them is told before one leaves.
    expect(wordsOf((await manager.get(begun.location)).html)).toContain('20 of 203 done')
    await app.queue.drain()
    const done = await manager.get(begun.location)
    expect(wordsOf(done.html)).toContain('201 done, 2 refused')
    expect(wordsOf(done.html)).toMatch(/swarm [01] : /)
    expect(await records.count(Partner, { where: { name: { $contains: 'swarm' } } })).toBe(2)
    const file = await manager.get(linkOf(done, /Refused ones as CSV/))
    expect(file.html.trim().split(/\r?\n/)).toHaveLength(3)
    expect((await (await visitorAs(app, 'manager')).get(begun.location)).status).toBe(404)
    expect((await records.find(BulkRun, { name: 'delete' }))?.finishedAt).toBeInstanceOf(Date)
  }, 90_000)

  it('are put back by a job too, but for those that somebody changed since, which are named with the reason', async () => {
    const { records } = await system()
    const ids = await tickets(205, 'lantern')
    const page = await manager.get(linkOf(await manager.get('/tickets?q=lantern'), /Select all/))
    const all = plain(/name="all" value="([^"]*)"/.exec(page.html)?.[1] ?? '')
    const begun = await manager.post('/tickets/edit', { all, back: '/tickets', field: 'subject', subject: 'Dark', _go: '1' })
    const early = await manager.post(`${begun.location}/undo`)
    expect([early.status, wordsOf(early.html)]).toEqual([409, expect.stringContaining('still goes on')])
    await app.queue.drain()
    await records.update(Ticket, ids[7]!, { subject: 'Meant otherwise' })
    const finished = await manager.get(begun.location)
    expect(wordsOf(finished.html)).toContain('205 done, 0 refused')
    const undoing = await manager.post(`${begun.location}/undo`)
    expect(undoing.location).toMatch(/^\/tickets\/runs\//)
    expect((await manager.post(`${begun.location}/undo`)).status).toBe(409)
    await app.queue.drain()
    const undone = wordsOf((await manager.get(undoing.location)).html)
    expect(undone).toMatch(/Put back: Subject: 205 tickets .*204 done, 1 refused .*Meant otherwise : Somebody changed it since/)
    expect(undone).not.toContain('Undo')
    expect(wordsOf((await manager.get(begun.location)).html)).toContain('This change was put back.')
    expect(await records.count(Ticket, { where: { subject: { $contains: 'lantern' } } })).toBe(204)
    expect((await records.get(Ticket, ids[7]!, ['subject'])).subject).toBe('Meant otherwise')
  }, 90_000)

  it('can be stopped: what is done stays done and can be put back, and no further record is touched', async () => {
    const { records } = await system()
    await tickets(203, 'beacon')
    const page = await manager.get(linkOf(await manager.get('/tickets?q=beacon'), /Select all/))
    const all = plain(/name="all" value="([^"]*)"/.exec(page.html)?.[1] ?? '')
    const begun = await manager.post('/tickets/edit', { all, back: '/tickets', field: 'subject', subject: 'Halfway', _go: '1' })
    expect((await manager.post(`${begun.location}/stop`)).location).toBe(begun.location)
    await app.queue.drain()
    const halfway = () => records.count(Ticket, { where: { subject: 'Halfway' } })
    expect(await halfway()).toBe(20)
    expect(wordsOf((await manager.get(begun.location)).html)).toContain('Stopped: 183 records were not reached. 20 done, 0 refused')
    await manager.post(`${begun.location}/undo`, { back: '/tickets' })
    expect(await halfway()).toBe(0)
  }, 90_000)

  it('stand among one’s own runs with what became of them, and among nobody else’s, until a month later', async () => {
    const own = await manager.get('/my-runs')
    expect(wordsOf(own.html)).toMatch(/Put back: Subject: 205 tickets .*Some refused 204 .*1 205/)
    expect(wordsOf(own.html)).toMatch(/Subject: 203 tickets .*Stopped 20 0 203/)
    expect(linkOf(own, /Delete for good|Delete/)).toMatch(/^\/partners\/runs\//)
    const address = linkOf(own, /205 tickets/)
    const administrator = await visitorAs(app, 'administrator')
    expect(wordsOf((await administrator.get('/my-runs')).html)).toContain('Nothing yet')
    expect((await administrator.get(address)).status).toBe(404)
    for (const what of ['undo', 'stop']) expect((await administrator.post(`${address}/${what}`)).status).toBe(404)
    const sweep = async (days: number) =>
      sweepsBulkRuns.run({}, await app.servicesFor({ door: 'job', now: new Date(Date.now() + days * 86_400_000) }))
    const { records } = await system()
    await sweep(29)
    expect(await records.count(BulkRun)).toBeGreaterThan(5)
    await sweep(31)
    expect([await records.count(BulkRun), await records.count(BulkFormer)]).toEqual([0, 0])
  })
})
