import { bootTest, type TestApp } from '@tessera/core/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it, test } from 'vitest'
import { type Visitor, visitorAs, wordsOf } from '../web/server/visitor.ts'
import { accentTokens, colourOf, contrast } from './accent.ts'

test('Whatever colour is taken, words on it and in it can be read, in light and in dark', () => {
  const colour = fc.integer({ min: 0, max: 0xffffff }).map((number) => number.toString(16).padStart(6, '0'))
  const grounds = [
    ['ffffff', 'f7f7f8'],
    ['111216', '1b1c21'],
  ]
  fc.assert(
    fc.property(colour, (each) => {
      fc.pre(contrast(colourOf(each), [255, 255, 255]) >= 3)
      const tokens = accentTokens(each)
      const between = (a: string, b: string, at: 0 | 1) => contrast(colourOf(tokens[a]![at]), colourOf(tokens[b]?.[at] ?? b))
      for (const at of [0, 1] as const) {
        for (const on of ['accent', 'accent-hover']) expect(between('on-accent', on, at)).toBeGreaterThanOrEqual(4.5)
        for (const on of [...grounds[at]!, 'accent-soft']) expect(between('accent-text', on, at)).toBeGreaterThanOrEqual(4.5)
        for (const on of grounds[at]!) for (const name of ['accent', 'focus']) expect(between(name, on, at)).toBeGreaterThanOrEqual(2.99)
      }
    }),
    { numRuns: 300 },
  )
})

describe('The colour of the customers’ pages', () => {
  let app: TestApp
  let administrator: Visitor
  beforeAll(async () => {
    app = await bootTest(inject('postgresUrl'), ['portal'])
    administrator = await visitorAs(app, 'administrator')
    await administrator.get('/settings')
  })
  afterAll(() => app?.close())
  const set = (accent: string, by = administrator) => by.post('/settings/portal.Portal', { 'portal.Portal.accent': accent })

  it('is set by administrators, and comes to every page as a style of its own', async () => {
    expect((await administrator.get('/contact')).html).not.toContain('accent.css')
    const page = await administrator.get('/settings')
    expect(page.html).toContain('name="portal.Portal.accent"')
    expect((await set('#0B6E4F')).status).toBe(303)
    const href = /<link rel="stylesheet" href="(\/portal\/accent\.css[^"]*)"/.exec((await administrator.get('/contact')).html)?.[1]
    expect(href?.replace('&#x3D;', '=')).toBe('/portal/accent.css?colour=0b6e4f')
    const style = await administrator.get('/portal/accent.css?colour=0b6e4f')
    expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8')
    expect(style.headers.get('cache-control')).toContain('immutable')
    expect(style.html).toMatch(/^:root\{--accent:light-dark\(#0b6e4f,#[0-9a-f]{6}\);/)
    expect((await administrator.get('/tickets')).html).not.toContain('accent.css')
  })

  it('is refused where it is none, or can hardly be seen, in the words of who sets it', async () => {
    const [none, pale] = [await set('red;}'), await set('#ffee88')]
    expect([none.status, wordsOf(none.html)]).toEqual([422, expect.stringContaining('Write a colour in six digits, such as #3350c9.')])
    expect([pale.status, wordsOf(pale.html)]).toEqual([422, expect.stringContaining('too pale')])
    const french = await visitorAs(app, 'administrator', { language: 'fr' })
    await french.get('/settings')
    expect(wordsOf((await set('#ffee88', french)).html)).toContain('trop pâle')
    expect((await administrator.get('/portal/accent.css')).html).toContain('#0b6e4f')
  })
})
