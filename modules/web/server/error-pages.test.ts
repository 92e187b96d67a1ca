import base from '@tessera/base'
import { Conflict, defineModule, page, TooMany } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import partner from '@tessera/partner'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import web from '../index.ts'
import { linkOf, Visitor, visitorAs, wordsOf } from './visitor.ts'

const fails = (error: () => Error) => () => {
  throw error()
}
const gone = () => Object.assign(new Error('terminating connection'), { code: '57P01' })
const faults = defineModule({
  name: 'faults',
  depends: [base, web],
  pages: [
    page('GET /faults/busy', { may: 'anybody', respond: fails(gone) }),
    page('GET /faults/broken', { may: 'anybody', respond: fails(() => new Error('a secret of the house')) }),
    page('GET /faults/often', { may: 'anybody', respond: fails(() => new TooMany('faults.often', 'Try again in 40 seconds.', 40)) }),
    page('POST /faults/late', { may: 'signed-in', respond: fails(() => new Conflict('faults.late', 'Somebody changed it.')) }),
  ],
})

// Modules that are declared in a test have no folder, and so no texts: a page says their codes.
let app: TestApp
let ada: Visitor
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), [base, partner, web, faults])
  ada = await visitorAs(app, 'manager')
})
afterAll(() => app.close())

describe('A page that cannot be shown', () => {
  it.each([
    ['/faults/busy?a=1', 503, 'web.error_503_text'],
    ['/faults/broken', 500, 'web.error_500_text'],
    ['/faults/often', 429, 'Try again in 40 seconds.'],
  ])('%s says why, and offers to try again', async (path, status, why) => {
    const seen = await ada.get(path)
    expect(seen.status).toBe(status)
    expect(wordsOf(seen.html)).toContain(why)
    expect(seen.html).not.toContain('a secret of the house')
    expect(linkOf(seen, /web\.try_again/)).toBe(path)
    expect(linkOf(seen, /web\.go_home/)).toBe('/')
  })

  it('leads from a record that is not there back to its list, and from nowhere to the start', async () => {
    const record = await ada.get('/partners/00000000-0000-7000-8000-000000000000')
    expect(record.status).toBe(404)
    expect(linkOf(record, /web\.back_to_list/)).toBe('/partners')
    expect(linkOf(await ada.get('/nothing-here'), /class="button primary/)).toBe('/')
  })

  it('leads from what was sent back to the page on which the form stood', async () => {
    const from = { referer: `${await app.listen()}/partners?q=x` }
    expect(linkOf(await ada.post('/faults/late', {}, from), /web\.load_again/)).toBe('/partners?q=x')
    const large = await ada.post('/faults/late', { text: 'x'.repeat(1_100_000) }, from)
    expect(large.status).toBe(413)
    expect(linkOf(large, /web\.back_to_page/)).toBe('/partners?q=x')
  })

  it('says that somebody may not do what he sent, and who gives the right', async () => {
    const refused = await ada.post('/developer/on', {}, { referer: `${await app.listen()}/partners` })
    expect(refused.status).toBe(403)
    expect(wordsOf(refused.html)).toMatch(/web\.may_not_do .*web\.ask_administrator/)
    const late = await ada.post('/partners/new', { _csrf: 'of yesterday' }, { referer: `${await app.listen()}/partners` })
    expect(wordsOf(late.html)).toContain('web.form_outdated')
    expect(linkOf(late, /web\.load_again/)).toBe('/partners')
  })

  it('asks whoever has lost his session to sign in, says why, and leads back', async () => {
    const address = await app.listen()
    const asked = await fetch(`${address}/partners?q=x`, { redirect: 'manual', headers: { cookie: 'tessera=long-gone' } })
    const to = asked.headers.get('location') ?? ''
    expect(to).toBe('/sign-in?next=%2Fpartners%3Fq%3Dx&ended=1')
    const page = await new Visitor(address).get(to)
    expect(wordsOf(page.html)).toContain('web.error_401_text')
    expect(page.html).toContain('name="next" value="/partners?q&#x3D;x"')
    const sent = await fetch(`${address}/partners/new`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: 'tessera=long-gone', referer: `${address}/partners/new`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'name=Ada',
    })
    expect(sent.headers.get('location')).toBe('/sign-in?next=%2Fpartners%2Fnew&ended=1')
    expect(wordsOf((await new Visitor(address).get('/sign-in')).html)).not.toContain('web.error_401_text')
  })
})
