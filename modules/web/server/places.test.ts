/** The sidebar: which places stand in it for whom, under which headings, and what waits behind them. */
import base, { administrator, configuration, manager, Team, User, views } from '@tessera/base'
import { defineModule, menu, show } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import partner from '@tessera/partner'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import web from '../index.ts'
import { plain, visitorAs } from './visitor.ts'

const wards = menu('Wards', { in: configuration })
const hospital = defineModule({
  name: 'hospital',
  depends: [base, web],
  menus: [
    wards,
    menu('All wards', { in: wards, opens: Team, count: ({ records }) => records.count(Team, { where: { active: false } }) }),
    menu('Nurses', { in: wards, opens: User, may: administrator, count: ({ records }) => records.count(User) }),
    menu('Rarely set', { in: configuration, opens: Team, may: manager }),
    menu('Crews', { in: wards, opens: show(Team, { as: 'pivot' }) }),
    menu('Closed wards', { in: views, opens: show(Team, { filter: ['archived'] }), count: true }),
  ],
})

describe('The sidebar', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await bootTest(inject('postgresUrl'), [base, web, partner, hospital])
  })
  afterAll(() => app?.close())

  it('has a heading for each section of the configuration: those of later modules first, after what stands in none', async () => {
    const admin = await visitorAs(app, 'administrator')
    const all = outline((await admin.get('/teams')).html)
    const places = all.slice(all.indexOf('# Configuration'))
    expect(places[1]).toBe('Rarely set')
    expect(places[places.indexOf('## Wards') + 1]).toBe('All wards')
    const headings = places.filter((each) => each.startsWith('#'))
    expect(headings).toEqual(['# Configuration', '## Partners', '## Wards', '## People', '## Automation', '## System'])
    expect(places[places.indexOf('## Partners') + 1]).toBe('Partner tags')
    expect(places.slice(places.indexOf('## People') + 1).slice(0, 2)).toEqual(['Users', 'Teams'])
  })

  it('says how much waits behind a place, to those who see the place and with their rights, while anything waits', async () => {
    const chief = await visitorAs(app, 'manager')
    expect(outline((await chief.get('/teams')).html)).toContain('All wards')
    const { records } = await app.servicesFor({ door: 'system' })
    await records.createMany(Team, [
      { name: 'North', active: false },
      { name: 'South', active: false },
    ])
    const shown = outline((await chief.get('/teams')).html)
    expect(shown).toContain('All wards (2)')
    expect(shown.join()).not.toContain('Nurses')
    const users = await records.count(User)
    expect(outline((await (await visitorAs(app, 'administrator')).get('/users')).html)).toContain(`Nurses (${users + 1})`)
  })

  it('has the lists that modules bring above what is set up, each with the number of its records and without alarm', async () => {
    const chief = await visitorAs(app, 'manager')
    const { html } = await chief.get('/teams')
    const all = outline(html)
    expect(all.indexOf('# Saved views')).toBeLessThan(all.indexOf('# Configuration'))
    expect(all[all.indexOf('# Saved views') + 1]).toBe('Closed wards (2)')
    expect(/Closed wards(?:(?!<\/a>).)*/s.exec(html)?.[0]).not.toContain('alarming')
    const seen = await chief.get(plain(/href="([^"]*)"[^>]*title="Closed wards"/.exec(html)?.[1] ?? ''))
    expect(/<tbody.*<\/tbody>/s.exec(seen.html)?.[0]).toMatch(/North.*South/s)
    expect(/aria-current="page"[^>]*title="([^"]*)"/.exec(seen.html)?.[1]).toBe('Closed wards')
  })

  it('leads to the view that a place begins with, and marks the place there', async () => {
    const chief = await visitorAs(app, 'manager')
    const href = plain(/href="([^"]*view=pivot[^"]*)"[^>]*>(?:(?!<\/a>).)*Crews/s.exec((await chief.get('/teams')).html)?.[1] ?? '')
    expect(new URLSearchParams(href.split('?')[1]).get('view')).toBe('pivot')
    const crews = await chief.get(href)
    expect([crews.status, /aria-current="page"[^>]*>(?:(?!<\/a>).)*Crews/s.test(crews.html)]).toEqual([200, true])
    expect(crews.html).toContain('web.pivot_tools')
  })

  it('is whole on a page that says what went wrong, without asking the database for counts', async () => {
    const chief = await visitorAs(app, 'manager')
    const lost = await chief.get('/nothing-here')
    expect([lost.status, outline(lost.html).includes('All wards')]).toEqual([404, true])
  })

  it('shows no heading of the configuration to whoever may set up nothing', async () => {
    const agent = await visitorAs(app, 'agent')
    expect(outline((await agent.get('/profile')).html).filter((each) => each.startsWith('#'))).toEqual(['# Saved views'])
  })
})

/** The headings and the places of the sidebar, with the counts. */
function outline(html: string): readonly string[] {
  const side = /<div class="side-places"[\s\S]*?<div class="side-user"/.exec(html)?.[0] ?? ''
  return [...side.matchAll(/<h(2|3)>([^<]*)|<span class="label cut">([^<]*)<\/span>(?:<span class="count(?: alarming)?">([^<]*))?/g)].map(
    ([, level, heading, place, count]) =>
      level ? `${'#'.repeat(Number(level) - 1)} ${heading}` : count ? `${place} (${count})` : String(place),
  )
}
