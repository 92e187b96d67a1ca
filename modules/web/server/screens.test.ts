import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import base, { agent, manager, User } from '@tessera/base'
import { defineModule, menu, page, type Request, type Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import web, { templates } from '../index.ts'
import { type Visitor, visitorAs, wordsOf } from './visitor.ts'

const folder = mkdtempSync(join(tmpdir(), 'tessera-screens-'))
for (const [path, text] of [
  ['templates/tiles.hbs', "<section>{{icon 'alarm'}}{{t 'web.yes'}} {{> tile name=name}}</section>"],
  ['templates/tile.hbs', '<b>{{name}}</b>'],
] as const) {
  mkdirSync(join(folder, 'templates'), { recursive: true })
  writeFileSync(join(folder, path), text)
}

const render = templates(pathToFileURL(`${join(folder, 'templates')}/`))
const content = (services: Services) => render('tiles', { name: '<Ada>' }, services)
const overview = {
  may: agent,
  respond: (request: Request, services: Services) => services.screens.page(request, { title: 'Overview', content: content(services) }),
}
const hall = menu('Hall', { opens: '/hall' })
const tiles = defineModule({
  name: 'tiles',
  depends: [base, web],
  menus: [
    menu('Overview', { opens: '/overview' }),
    menu('Targets', { opens: '/targets', may: manager }),
    hall,
    menu('Lists', { in: hall, opens: User }),
  ],
  pages: [
    page('GET /overview', overview),
    page('GET /targets', overview),
    page('GET /hall', {
      may: 'anybody',
      respond: (request, services) =>
        services.screens.open(request, { title: 'Hall', content: `<main id="main">${content(services)}</main>` }),
    }),
    page('POST /hall', {
      may: 'signed-in',
      respond: (request, { screens }) => screens.done(request, '/hall', { text: 'Thank you', tone: 'success' }),
    }),
  ],
})

describe('A page of a module', () => {
  let app: TestApp
  let ada: Visitor
  beforeAll(async () => {
    app = await bootTest(inject('postgresUrl'), [base, web, tiles])
    ada = await visitorAs(app, 'agent')
  })
  afterAll(async () => {
    await app.close()
    rmSync(folder, { recursive: true })
  })

  it('stands in the sidebar, is the first place, and is marked where one is', async () => {
    expect(await ada.get('/')).toMatchObject({ status: 303, location: '/overview' })
    const { html } = await ada.get('/overview')
    expect(html).toMatch(/<a class="place" href="\/overview" aria-current="page"/)
    expect(html).toContain('<title>Overview')
    expect(html).toContain('<b>&lt;Ada&gt;</b>')
    expect(wordsOf(html)).toContain('web.yes')
  })

  it('is offered to nobody whom the menu or the page keeps out', async () => {
    expect((await ada.get('/overview')).html).not.toContain('href="/targets"')
    expect((await (await visitorAs(app, 'manager')).get('/overview')).html).toContain('href="/targets"')
    const viewer = await visitorAs(app, 'viewer')
    expect((await viewer.get('/users')).html).not.toContain('href="/overview"')
    expect((await viewer.get('/overview')).status).toBe(403)
  })

  it('stands at the head of its section, with what is below it in the menu', async () => {
    const { html } = await ada.get('/overview')
    const section = /data-section="Hall".*?<\/details>/s.exec(html)?.[0] ?? ''
    expect([...section.matchAll(/<a class="place" href="([^"]+)"/g)].map(([, href]) => href)).toEqual(['/hall', '/users'])
  })

  it('may do without the frame of the staff', async () => {
    const { html, status } = await ada.get('/hall')
    expect(status).toBe(200)
    expect(html).not.toContain('class="side"')
    expect(html).toContain('<div class="open portal">')
    expect(html).toContain('name="theme"')
  })

  it('leads on with a word that is said once', async () => {
    await ada.get('/overview')
    expect(await ada.post('/hall')).toMatchObject({ status: 303, location: '/hall' })
    expect(wordsOf((await ada.get('/hall')).html)).toContain('Thank you')
    expect(wordsOf((await ada.get('/hall')).html)).not.toContain('Thank you')
  })
})

it('A menu whose page nobody serves is refused at boot', async () => {
  const lost = defineModule({ name: 'lost', depends: [base, web], menus: [menu('Lost', { opens: '/nowhere' })] })
  await expect(bootTest(inject('postgresUrl'), [base, web, lost])).rejects.toMatchObject({
    problems: [{ code: 'menu.unknown_page', sentence: expect.stringContaining('"/nowhere"') }],
  })
})
