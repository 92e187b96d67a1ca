import { readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { signedInAs, testFolder } from '@tessera/core/testing'
import { Ticket } from '@tessera/ticket'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { importRecords } from '../../core/importing/index.ts'
import type { Operation } from '../../core/installation/plan.ts'
import type { OwnFieldDefinition } from '../../core/module/own-field.ts'
import { visitorAs } from '../../modules/web/server/visitor.ts'
import { type OwnDesk, openOwnDesk } from '../fixtures/own-fields.ts'
import { saidOf } from './workshop.ts'

declare module '@tessera/ticket' {
  interface Ticket {
    [field: `x_${string}`]: unknown
  }
}

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let desk: OwnDesk
let partner: string
beforeAll(async () => {
  desk = await openOwnDesk(inject('postgresUrl'), ['ticket', 'assignment-rules', 'custom'])
  partner = (await desk.ask('POST', '/api/partners', { name: 'Fatou Camara' })).body.data.id
})
afterAll(() => desk.close())

describe('An administrator adds a field to tickets', () => {
  it('whose plan says which column comes and where it is shown, and changes nothing', async () => {
    const definition = { type: 'date', label: { en: 'Warranty until', fr: 'Garantie jusqu’au' }, list: true, filter: true } as const
    const plan = await desk.plan({
      verb: 'field',
      names: ['ticket.x_warranty'],
      field: { model: 'ticket', name: 'x_warranty', definition },
    })
    expect(plan.refusals).toEqual([])
    expect(plan.schema.map(({ kind, table, name, module }) => [kind, table, name, module])).toEqual([
      ['add column', 'ticket', 'x_warranty', 'custom'],
      ['create index', 'ticket', expect.stringMatching(/^ix_ticket_/), 'custom'],
    ])
    expect(plan.declared.map(({ kind, change, name }) => `${change} ${kind} ${name}`)).toEqual(
      expect.arrayContaining([
        'added field ticket.x_warranty',
        'changed view ticket.form',
        'changed view ticket.list',
        'changed view ticket.search',
      ]),
    )
    expect(plan.loses).toEqual({ rows: 0, values: 0 })
    expect((await desk.ask('GET', '/api/tickets?fields=x_warranty')).status).toBe(400)
  })

  it('of every type, which the API reads, writes, filters, sorts and groups by', async () => {
    await desk.add('ticket', 'x_serial', {
      type: 'text',
      label: { en: 'Serial number' },
      search: true,
      filter: true,
      form: { after: 'subject' },
    })
    await desk.add('ticket', 'x_remarks', { type: 'long', label: { en: 'Remarks' }, search: true })
    await desk.add('ticket', 'x_floors', { type: 'integer', label: { en: 'Floors' }, filter: true })
    await desk.add('ticket', 'x_price', { type: 'decimal', label: { en: 'Price' } })
    await desk.add('ticket', 'x_insured', { type: 'boolean', label: { en: 'Insured' }, filter: true, default: true })
    await desk.add('ticket', 'x_warranty', { type: 'date', label: { en: 'Warranty until', fr: 'Garantie' }, list: true, filter: true })
    await desk.add('ticket', 'x_visit_at', { type: 'datetime', label: { en: 'Visit' } })
    const choices = [
      { value: 'red', label: { en: 'Red', fr: 'Rouge' } },
      { value: 'blue', label: { en: 'Blue' } },
    ]
    await desk.add('ticket', 'x_color', { type: 'choice', label: { en: 'Color' }, choices, filter: true })
    await desk.add('ticket', 'x_installer', { type: 'relation', to: 'partner', label: { en: 'Installer' }, filter: true })

    const values = {
      x_serial: 'SN-1',
      x_remarks: 'Two\nlines',
      x_floors: 3,
      x_price: 12.5,
      x_insured: false,
      x_warranty: '2027-03-01',
      x_visit_at: '2027-03-02T12:00:00.000Z',
      x_color: 'red',
      x_installer: partner,
    }
    const made = await desk.ask('POST', '/api/tickets', { subject: 'Broken meter', partner })
    expect(made.body.data).toMatchObject({ x_serial: null, x_insured: true, x_color: null })
    const { id } = made.body.data
    const changed = await desk.ask('PATCH', `/api/tickets/${id}`, values)
    expect(changed.body.errors).toBeUndefined()
    expect(changed.body.data).toMatchObject({ ...values, x_installer: { id: partner, label: 'Fatou Camara' } })
    const second = await desk.ask('POST', '/api/tickets', { subject: 'Leak', partner, x_floors: 9, x_color: 'blue' })

    const ids = async (query: string) => (await desk.ask('GET', `/api/tickets?${query}`)).body.data.map((row: { id: string }) => row.id)
    expect(await ids('filter[x_floors][gt]=2&sort=x_floors')).toEqual([id, second.body.data.id])
    expect(await ids('sort=-x_floors&filter[x_floors][gt]=0')).toEqual([second.body.data.id, id])
    expect(await ids('filter[x_color]=red&filter[x_insured]=false&filter[x_installer.name]=Fatou Camara')).toEqual([id])
    expect(await ids('filter[x_serial][contains]=sn-1&filter[x_warranty][lt]=2028-01-01')).toEqual([id])
    const services = await desk.admin.services()
    const groups = await services.records.group(Ticket, { by: ['x_color'] })
    expect(groups).toEqual(
      expect.arrayContaining([
        { x_color: 'red', count: 1 },
        { x_color: 'blue', count: 1 },
      ]),
    )

    const refused = await desk.ask('PATCH', `/api/tickets/${id}`, { x_color: 'green', x_floors: 'many' })
    expect(refused.status).toBe(422)
    expect(saidOf(refused)).toEqual({ x_color: expect.stringContaining('Color'), x_floors: expect.stringContaining('Floors') })
    const { body: document } = await desk.ask('GET', '/api/openapi.json')
    expect(document.components.schemas.TicketDraft.properties.x_color).toMatchObject({
      anyOf: [{ enum: ['red', 'blue'] }, { type: 'null' }],
      title: 'Color',
    })
  })
})

describe('An own field is a field like any other', () => {
  let ticket: string
  beforeAll(async () => {
    ticket = (await desk.ask('POST', '/api/tickets', { subject: 'A third', partner, x_color: 'blue', x_serial: 'SN-3' })).body.data.id
  })

  it('to the history', async () => {
    await desk.ask('PATCH', `/api/tickets/${ticket}`, { x_color: 'red' })
    const { body } = await desk.ask('GET', `/api/tickets/${ticket}/history`)
    expect(body.data[0]).toMatchObject({ field: 'x_color', label: 'Color', old: 'blue', new: 'red' })
  })

  it('to the form, the list, the search and the export of the screens, in the reader’s language', async () => {
    const manager = await visitorAs(desk.app, 'manager')
    const form = await manager.get(`/tickets/${ticket}`)
    expect(form.html).toMatch(/Serial number[\s\S]*More[\s\S]*Remarks/)
    const list = await manager.get('/tickets?filter=&facet.x_color=red&q=SN-3')
    expect(list.html).toContain('A third')
    expect(list.html).toContain('Warranty until')
    expect((await manager.get('/tickets?filter=&q=SN-404')).html).not.toContain('A third')
    const { html: csv } = await manager.get('/tickets/export?filter=&columns=subject,x_color,x_serial&q=SN-3')
    expect(parse(csv, { columns: true })).toMatchObject([{ Color: 'Red', 'Serial number': 'SN-3' }])
    const french = await visitorAs(desk.app, 'manager', { language: 'fr' })
    expect((await french.get(`/tickets/${ticket}`)).html).toMatch(/Autres informations[\s\S]*Garantie/)
  })

  it('to the import', async () => {
    const folder = await testFolder('own-fields')
    const file = join(folder, 'tickets.csv')
    writeFileSync(file, 'subject,partner,x_color,x_floors,x_serial\nImported,Fatou Camara,red,4,SN-7\nRefused,Fatou Camara,green,4,SN-8\n')
    const services = await desk.admin.services()
    const mapped = new Map(['subject', 'partner', 'x_color', 'x_floors', 'x_serial'].map((name) => [name, name]))
    const model = services.app.models.byName('ticket')!
    const result = await importRecords({ model, file, services, columns: mapped, id: undefined, errors: join(folder, 'errors.csv') })
    await rm(folder, { recursive: true })
    expect(result).toMatchObject({ created: 1, failed: 1 })
    expect(result.problems[0]?.sentence).toContain('Color')
    expect((await desk.ask('GET', '/api/tickets?filter[x_floors]=4&fields=x_color')).body.data).toMatchObject([{ x_color: 'red' }])
  })

  it('to rules: whoever may not read it sees neither it nor what it would tell', async () => {
    const { rules } = await desk.admin.services()
    await rules.change('agent', 'ticket', '', [{ verbs: ['read'], fields: ['x_price'], cannot: true }])
    const agent = await signedInAs(desk.app, 'agent')
    const { body } = await desk.ask('GET', '/api/tickets?fields=subject,x_price', undefined, agent)
    expect(body.status).toBe(400)
    const seen = await desk.ask('GET', '/api/tickets', undefined, agent)
    expect(JSON.stringify(seen.body)).not.toContain('x_price')
    expect(JSON.stringify((await desk.ask('GET', '/api/openapi.json', undefined, agent)).body)).toContain('x_price')
    const { access } = await desk.admin.services()
    const explained = await access.explain({ user: agent.user, model: 'ticket', verb: 'read', field: 'x_price' } as never)
    expect(JSON.stringify(explained)).toContain('x_price')
  })

  it('and may be required of whoever writes from then on', async () => {
    await desk.add('ticket', 'x_serial', {
      type: 'text',
      label: { en: 'Serial number' },
      search: true,
      filter: true,
      required: true,
      form: { after: 'subject' },
    })
    const refused = await desk.ask('POST', '/api/tickets', { subject: 'Without', partner })
    expect(saidOf(refused)).toEqual({ x_serial: 'Serial number is missing.' })
    // What was there without it stays as it is, until somebody empties it.
    const { body } = await desk.ask('GET', '/api/tickets?filter[subject]=Leak&fields=id')
    expect((await desk.ask('PATCH', `/api/tickets/${body.data[0].id}`, { subject: 'Leaks' })).status).toBe(200)
    expect((await desk.ask('PATCH', `/api/tickets/${ticket}`, { x_serial: null })).status).toBe(422)
    const [column] = await desk.app.connection.run(
      `select is_nullable from information_schema.columns where table_name = 'ticket' and column_name = 'x_serial'`,
    )
    expect(column?.is_nullable).toBe('YES')
  })
})

describe('An own field can be changed', () => {
  it('in its label without touching the table, and in its choices', async () => {
    const choices = [
      { value: 'red', label: { en: 'Crimson' } },
      { value: 'blue', label: { en: 'Blue' } },
      { value: 'green', label: { en: 'Green' } },
    ]
    const renamed = await desk.add('ticket', 'x_floors', { type: 'integer', label: { en: 'Storeys' }, filter: true })
    expect([renamed.done, renamed.plan.schema]).toEqual([true, []])
    const { plan } = await desk.add('ticket', 'x_color', { type: 'choice', label: { en: 'Color' }, choices, filter: true })
    expect(plan.schema.map(({ kind }) => kind)).toEqual(['drop constraint', 'add constraint'])
    expect((await desk.ask('POST', '/api/tickets', { subject: 'Green one', partner, x_serial: '1', x_color: 'green' })).status).toBe(201)
    const again = await desk.plan(changing('x_color', { type: 'choice', label: { en: 'Color' }, choices: choices.slice(1), filter: true }))
    expect(again.refusals.map(({ code, sentence }) => [code, sentence])).toEqual([
      ['field.choice_in_use', expect.stringMatching(/^The choice "red" of "x_color" is still used by \d+ records of "ticket"\.$/)],
    ])
    const same = await desk.add('ticket', 'x_color', { type: 'choice', label: { en: 'Color' }, choices, filter: true })
    expect(same.done).toBe(false)
  })

  it('but not into another type, and a name has to be one', async () => {
    const codes = async (name: string, definition: OwnFieldDefinition, model = 'ticket') =>
      (await desk.plan(changing(name, definition, model))).refusals.map(({ code }) => code)
    const label = { en: 'Label' }
    expect(await codes('x_color', { type: 'text', label })).toEqual(['field.other_type'])
    expect(await codes('color', { type: 'text', label })).toEqual(['field.misfit'])
    expect(await codes(`x_${'a'.repeat(40)}`, { type: 'text', label })).toEqual(['field.misfit'])
    expect(await codes('x_empty', { type: 'choice', label })).toEqual(['field.misfit'])
    expect(await codes('x_to', { type: 'relation', to: 'nothing', label })).toEqual(['field.no_target'])
    expect(await codes('x_to', { type: 'relation', to: 'session', label })).toEqual(['field.no_target'])
    for (const model of ['user', 'role', 'ruleSet', 'apiKey', 'session', 'auditEntry', 'history'])
      expect([model, await codes('x_more', { type: 'text', label }, model)]).toEqual([
        model,
        [expect.stringMatching(/^field\.(not_extensible|no_model)$/)],
      ])
    expect(await codes('x_more', { type: 'text', label }, 'tickt')).toEqual(['field.no_model'])
  })
})

describe('An own field can be removed', () => {
  it('unless a local rule or a condition names it, which the refusal tells', async () => {
    const { refusals } = await desk.plan(removing('x_price'))
    expect(refusals).toMatchObject([
      {
        code: 'field.named',
        sentence: expect.stringMatching(/^The field "x_price" of "ticket" is named by local rules "/),
        hint: expect.any(String),
      },
    ])
    await expect(desk.remove('ticket', 'x_price')).rejects.toMatchObject({ code: 'field.named' })
    const { rules } = await desk.admin.services()
    await rules.change('agent', 'ticket', '', [])
    const rule = { name: 'Dear ones', condition: { $or: [{ x_price: { $gt: 100 } }] }, strategy: 'person', person: desk.admin.user }
    const made = await desk.ask('POST', '/api/assignment-rules', rule)
    expect(made.body.errors).toBeUndefined()
    expect((await desk.plan(removing('x_price'))).refusals).toMatchObject([
      { sentence: 'The field "x_price" of "ticket" is named by assignment rule "Dear ones".' },
    ])
    expect((await desk.ask('PATCH', `/api/assignment-rules/${made.body.data.id}`, { condition: {} })).status).toBe(200)
    expect((await desk.plan(removing('x_price'))).refusals).toEqual([])
  })

  it('unless a template names it between braces, in whatever language', async () => {
    const [type] = (await desk.ask('GET', '/api/ticket-types')).body.data
    const named = { en: type.name, fr: 'Prix : {{#if x_price}}{{x_price}}{{/if}}' }
    expect((await desk.ask('PATCH', `/api/ticket-types/${type.id}`, { name: named })).status).toBe(200)
    expect((await desk.plan(removing('x_price'))).refusals).toMatchObject([
      { code: 'field.named', sentence: expect.stringMatching(/^The field "x_price" of "ticket" is named by ticket type "/) },
    ])
    expect((await desk.ask('PATCH', `/api/ticket-types/${type.id}`, { name: { ...named, fr: 'Prix x_price' } })).status).toBe(200)
    expect((await desk.plan(removing('x_price'))).refusals).toEqual([])
  })

  it('with a plan that counts its values, and an archive of them', async () => {
    const plan = await desk.plan(removing('x_installer'))
    expect(plan.schema.filter(({ kind }) => kind === 'drop column')).toMatchObject([
      { table: 'ticket', name: 'x_installer_id', module: 'custom', values: 1 },
    ])
    expect(plan.loses).toEqual({ rows: 0, values: 1 })
    const done = await desk.remove('ticket', 'x_installer')
    expect(readFileSync(done.archive!).includes('columns of ticket')).toBe(true)
    expect(await columns('x_installer_id')).toEqual([])
    expect((await desk.ask('GET', '/api/tickets?fields=x_installer')).status).toBe(400)
    expect((await desk.plan(removing('x_installer'))).refusals).toMatchObject([{ code: 'field.no_own' }])
  })

  it('and another of the same name begins empty', async () => {
    await desk.remove('ticket', 'x_color')
    await desk.add('ticket', 'x_color', { type: 'text', label: { en: 'Colour' } })
    await desk.add('ticket', 'x_colour', { type: 'text', label: { en: 'Colour' } })
    const { body } = await desk.ask('GET', '/api/tickets?fields=x_color,x_colour')
    expect(body.data.length).toBeGreaterThan(3)
    for (const row of body.data) expect(row).toMatchObject({ x_color: null, x_colour: null })
  })

  it('and never takes the values of a column that was left behind', async () => {
    await desk.app.connection.run(`alter table ticket add x_leftover text default 'old'`)
    const { refusals } = await desk.plan(changing('x_leftover', { type: 'text', label: { en: 'Leftover' } }))
    expect(refusals).toMatchObject([{ code: 'field.left_column' }])
  })
})

it('A module that brings a field of the same column does not start: the sentence names both', async () => {
  await desk.add('ticket', 'x_grade', { type: 'text', label: { en: 'Grade' } })
  await desk.file(
    'addons/grades/package.json',
    '{ "name": "@tessera/grades", "version": "0.1.0", "type": "module", "dependencies": { "@tessera/core": "*", "@tessera/ticket": "*" } }',
  )
  await desk.file(
    'addons/grades/index.ts',
    `import { defineModel, defineModule, extend, p } from '@tessera/core'
import ticket, { Ticket } from '@tessera/ticket'
const Level = defineModel('level', { name: p.string() })
export default defineModule({ name: 'grades', depends: [ticket], models: [Level], extends: [extend(Ticket, { xGrade: p.string().nullable() } as never)] })`,
  )
  const problem = {
    code: 'field.own_exists',
    module: 'grades',
    sentence: '"grades" brings the field "xGrade" to "ticket", where an administrator has added the field "x_grade" already.',
    hint: expect.stringContaining('tessera field remove ticket x_grade'),
  }
  await expect(desk.plan({ verb: 'install', names: ['grades'] })).rejects.toMatchObject({ problems: [expect.objectContaining(problem)] })
  await desk.remove('ticket', 'x_grade')
  expect((await desk.plan({ verb: 'install', names: ['grades'] })).refusals).toEqual([])
})

it('What belongs or leads to a model of a module that leaves goes with it', async () => {
  await desk.operate({ verb: 'install', names: ['grades'] })
  await desk.add('level', 'x_rank', { type: 'integer', label: { en: 'Rank' } })
  await desk.add('ticket', 'x_level', { type: 'relation', to: 'level', label: { en: 'Level' } })
  const named = () => desk.app.connection.run(`select model, name from tessera_field where name in ('x_rank', 'x_level') order by model`)
  await desk.operate({ verb: 'disable', names: ['grades'] })
  expect(await named()).toHaveLength(2)
  expect((await desk.ask('GET', '/api/tickets?fields=x_level')).status).toBe(400)
  await desk.operate({ verb: 'enable', names: ['grades'] })
  expect((await desk.ask('GET', '/api/tickets?fields=x_level')).status).toBe(200)
  const { plan } = await desk.operate({ verb: 'uninstall', names: ['grades'] })
  expect(plan.schema.map(({ kind, table, name }) => [kind, table, name])).toContainEqual(['drop column', 'ticket', 'x_level_id'])
  expect(await named()).toEqual([])
  expect(await columns('x_level_id')).toEqual([])
})

it('Disabled, the module hides every own field and keeps the values; uninstalled, it drops them', async () => {
  await desk.ask('POST', '/api/tickets', { subject: 'Kept', partner, x_serial: 'SN-9' })
  await desk.operate({ verb: 'disable', names: ['custom'] })
  expect((await desk.ask('POST', '/api/tickets', { subject: 'Not asked', partner })).status).toBe(201)
  expect((await desk.ask('GET', '/api/tickets?fields=x_serial')).status).toBe(400)
  await desk.operate({ verb: 'enable', names: ['custom'] })
  expect((await desk.ask('GET', '/api/tickets?filter[subject]=Kept&fields=x_serial')).body.data).toMatchObject([{ x_serial: 'SN-9' }])
  const { archive } = await desk.operate({ verb: 'uninstall', names: ['custom'] })
  expect(archive).toBeDefined()
  expect(await columns('x_serial')).toEqual([])
  expect(await desk.app.connection.run('select * from tessera_field')).toEqual([])
})

function changing(name: string, definition: OwnFieldDefinition, model = 'ticket'): Operation {
  return { verb: 'field', names: [`${model}.${name}`], field: { model, name, definition } }
}

function removing(name: string): Operation {
  return { verb: 'field', names: [`ticket.${name}`], field: { model: 'ticket', name, remove: true } }
}

async function columns(name: string): Promise<readonly unknown[]> {
  return desk.app.connection.run(
    `select column_name from information_schema.columns where table_name = 'ticket' and column_name = '${name}'`,
  )
}
