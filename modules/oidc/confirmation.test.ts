/** Whoever has no password shows with his connected account that it is he. */
import { Session } from '@tessera/base'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { CityDesk } from '../../test/fixtures/oidc/city-desk.ts'
import { Visitor } from '../web/server/visitor.ts'

let desk: CityDesk<Visitor>
beforeAll(async () => {
  desk = await CityDesk.open(inject('postgresUrl'), (address) => new Visitor(address))
  await desk.set({ rolesClaim: 'groups' })
  await desk.map('chiefs', 'administrator')
})
afterAll(() => desk?.close())
beforeEach(() => desk.reset())

/** Signed in with the city some time ago. */
async function signedIn(subject: string): Promise<Visitor> {
  desk.come(subject, { groups: ['chiefs'] })
  const visitor = desk.visitor()
  await desk.signIn(visitor)
  await later()
  return visitor
}
async function later(): Promise<void> {
  const sessions = desk.system.asSystem('a test lets time pass')
  const { rows } = await sessions.query(Session, { fields: [], limit: 200 })
  for (const { id } of rows) await sessions.update(Session, id, { confirmedAt: new Date(Date.now() - 11 * 60_000) })
}
const team = { name: 'auditor', label: 'Auditor' }
const linkIn = (html: string): string =>
  (/href="(\/confirm\/with\/[^"]+)"/.exec(html)?.[1] ?? '').replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')

describe('Confirming with a connected account', () => {
  it('is offered to whom it belongs, asks anew there, and comes back to where he was', async () => {
    const visitor = await signedIn('mara')
    await visitor.get('/profile')
    const refused = await visitor.post('/roles/new', team)
    expect(refused.status).toBe(403)
    const link = linkIn(refused.html)
    expect(link).toBe('/confirm/with/city?next=%2F')
    expect(refused.html).toContain('Confirm with City account')
    const question = new URL(await desk.depart(visitor, link))
    expect([question.searchParams.get('prompt'), question.searchParams.get('max_age')]).toEqual(['login', '0'])
    const { location } = await visitor.get(await desk.answer(question.href))
    expect(location).toBe('/')
    expect((await visitor.post('/roles/new', team)).status).toBe(303)
    await later()
    expect(linkIn((await visitor.get('/confirm?next=/teams')).html)).toBe('/confirm/with/city?next=%2Fteams')
  })

  it('takes no other person of the provider, and nobody who did not begin it himself', async () => {
    const visitor = await signedIn('nora')
    const other = await signedIn('olaf')
    const question = await desk.depart(visitor, '/confirm/with/city?next=/teams')
    desk.come('olaf')
    const seen = await visitor.get(await desk.answer(question))
    expect([seen.status, seen.html]).toEqual([401, expect.stringContaining('is not the one that is connected with yours')])
    expect((await visitor.post('/roles/new', team)).status).toBe(403)
    // In the browser of somebody else the answer is worth nothing.
    desk.come('nora')
    const back = await desk.answer(await desk.depart(visitor, '/confirm/with/city'))
    await other.get(back)
    expect((await other.post('/roles/new', team)).status).toBe(403)
  })

  it('takes no answer of a provider that has not asked anew', async () => {
    const visitor = await signedIn('pia')
    const question = new URL(await desk.depart(visitor, '/confirm/with/city'))
    for (const name of ['prompt', 'max_age']) question.searchParams.delete(name)
    const seen = await visitor.get(await desk.answer(question.href))
    expect([seen.status, seen.html]).toEqual([401, expect.stringContaining('did not ask you to sign in again')])
    expect((await visitor.post('/roles/new', team)).status).toBe(403)
  })

  it('is for nobody who is not signed in', async () => {
    expect((await desk.visitor().get('/confirm/with/city')).location).toContain('/sign-in')
  })
})
