/** The pages on which an administrator adds and removes fields, without a script; operations run in processes of their own. */
import { Session } from '@tessera/base'
import { houseRules } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { type OwnDesk, openOwnDesk } from '../../test/fixtures/own-fields.ts'
import { plain, type Seen, type Visitor, visitorAs, wordsOf } from '../web/server/visitor.ts'

houseRules('custom')

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

let desk: OwnDesk
let admin: Visitor & { readonly user: string }
beforeAll(async () => {
  desk = await openOwnDesk(inject('postgresUrl'))
  admin = await visitorAs(desk.app, 'administrator')
})
afterAll(() => desk.close())

const form = {
  model: 'ticket',
  label: 'Roof type',
  name: '',
  type: 'choice',
  to: 'partner',
  choices: 'Tiles\nflat = Flat roof',
  help: 'As the survey says',
  default: '',
  place: 'after:subject',
  list: 'yes',
  filter: 'yes',
}
const planOf = (fields: Readonly<Record<string, string>>) => admin.get(`/custom/plan?${new URLSearchParams(fields)}`)

describe('Own fields on their pages', () => {
  it('are for administrators alone', async () => {
    const manager = await visitorAs(desk.app, 'manager')
    for (const path of ['/custom', '/custom/new', `/custom/plan?${new URLSearchParams(form)}`])
      expect((await manager.get(path)).status).toBe(403)
    expect((await manager.post('/custom/plan', { model: 'ticket', name: 'x_roof', definition: '{}' })).status).toBe(403)
    expect((await admin.get('/custom')).html).toContain('No fields were added yet')
  })

  it('tell what is wrong beside what was typed', async () => {
    const { status, html } = await planOf({ ...form, choices: '' })
    expect(status).toBe(422)
    expect(html).toContain('Name at least one choice.')
    expect(html).toContain('value="Roof type"')
  })

  it('are read as a plan, confirmed, and then on the form', async () => {
    const plan = await planOf(form)
    expect(wordsOf(plan.html)).toMatch(/Add the column ticket\.x_roof_type .*the form the list the search/)
    const begun = await admin.post('/custom/plan', sent(plan))
    expect(begun.location).toMatch(/^\/custom\/progress\//)
    await ended(begun.location)
    expect((await admin.get(begun.location)).html).toContain('The field is as you wanted it')
    const [entry] = await desk.app.connection.run(`select details from audit_entry where kind = 'module' order by id desc limit 1`)
    expect(entry?.details).toMatchObject({ change: 'field', names: ['ticket.x_roof_type'] })
    await desk.restart()
    admin = await visitorAs(desk.app, 'administrator')
    expect(wordsOf((await admin.get('/custom')).html)).toMatch(/Roof type x_roof_type Choice in the list filter/)
    expect(wordsOf((await admin.get('/tickets/new')).html)).toMatch(/Subject.*Roof type.*Tiles.*Flat roof/)
    expect((await planOf(form)).html).toContain('There is a field x_roof_type already')
  })

  it('are changed in the reader’s language', async () => {
    const french = await visitorAs(desk.app, 'administrator', { language: 'fr' })
    const page = await french.get('/custom/change/ticket/x_roof_type')
    expect(plain(page.html)).toContain('flat = Flat roof')
    const query = new URLSearchParams({
      change: 'yes',
      model: 'ticket',
      name: 'x_roof_type',
      label: 'Toiture',
      choices: 'tiles = Tuiles\nflat = Plat\nthatch = Chaume',
    })
    const plan = await french.get(`/custom/plan?${query}`)
    expect(JSON.parse(sent(plan).definition!)).toMatchObject({
      label: { en: 'Roof type', fr: 'Toiture' },
      choices: [{ value: 'tiles', label: { en: 'Tiles', fr: 'Tuiles' } }, { value: 'flat' }, { value: 'thatch', label: { fr: 'Chaume' } }],
    })
  })

  it('are not touched by somebody who has not confirmed lately, nor by a plan that is old', async () => {
    const plan = await planOf({ ...form, name: 'x_other' })
    expect((await admin.post('/custom/plan', { ...sent(plan), digest: 'old' })).status).toBe(409)
    const { asSystem } = await desk.app.servicesFor({ door: 'system' })
    const sessions = asSystem('a test lets time pass')
    const { rows } = await sessions.query(Session, { fields: ['id'], where: { user: admin.user } })
    for (const { id } of rows) await sessions.update(Session, id, { confirmedAt: new Date(Date.now() - 11 * 60_000) })
    expect((await admin.post('/custom/plan', sent(plan))).status).toBe(403)
    expect(await desk.app.connection.run(`select name from tessera_field where name = 'x_other'`)).toEqual([])
    admin = await visitorAs(desk.app, 'administrator')
  })

  it('are removed with their values by whoever types the name', async () => {
    const partner = (await desk.ask('POST', '/api/partners', { name: 'Fatou Camara' })).body.data.id
    await desk.ask('POST', '/api/tickets', { subject: 'Leak', partner, x_roof_type: 'flat' })
    const plan = await admin.get('/custom/remove/ticket/x_roof_type')
    expect(wordsOf(plan.html)).toMatch(/Drop the column ticket\.x_roof_type 1 row, 1 value An archive/)
    const untyped = await admin.post('/custom/remove/ticket/x_roof_type', sent(plan))
    expect(untyped.status).toBe(422)
    expect(untyped.html).toContain('type &quot;x_roof_type&quot; to confirm')
    const begun = await admin.post('/custom/remove/ticket/x_roof_type', { ...sent(plan), typed: 'x_roof_type' })
    // Hidden first: the column goes when nobody works with it any more.
    await vi.waitFor(
      async () =>
        expect(await desk.app.connection.run(`select 1 as is from tessera_field where definition ->> 'hidden' = 'true'`)).toHaveLength(1),
      { timeout: 60_000, interval: 200 },
    )
    await desk.restart()
    await ended(begun.location)
    expect(await desk.app.connection.run(`select 1 as is from information_schema.columns where column_name = 'x_roof_type'`)).toEqual([])
    expect(await desk.app.connection.run('select 1 as is from tessera_field')).toEqual([])
  })
})

/** The hidden inputs of a plan's form. */
function sent({ html }: Seen): Record<string, string> {
  const inputs = html.matchAll(/<input type="hidden" name="(digest|model|name|definition)" value="([^"]*)"/g)
  return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, plain(value)]))
}

async function ended(location: string): Promise<void> {
  const id = location.split('/').at(-1)
  const states = () => desk.app.connection.run('select state, error from tessera_operation where id = $1', [id])
  await vi.waitFor(async () => expect((await states())[0]?.state).not.toBe('running'), { timeout: 90_000, interval: 200 })
  expect(await states()).toEqual([{ state: 'done', error: null }])
}
