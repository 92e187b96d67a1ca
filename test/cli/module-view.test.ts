import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Deployment, deployment } from './deployment.ts'

let cli: Deployment
beforeAll(async () => {
  cli = await deployment({})
  await cli.file('addons/night/package.json', packageOf('night', 'ticket'))
  await cli.file('addons/night/index.ts', night)
})
afterAll(() => cli.remove())

const packageOf = (name: string, needs: string) =>
  JSON.stringify({
    name: `@tessera/${name}`,
    version: '0.1.0',
    type: 'module',
    dependencies: { '@tessera/core': '*', [`@tessera/${needs}`]: '*' },
  })

const dusk = `
import { defineModule } from '@tessera/core'
import web from '@tessera/web'

export default defineModule({ name: 'dusk', depends: [web] })
`

const night = `
import { defineModule, patchView } from '@tessera/core'
import ticket, { ticketForm, ticketSearch } from '@tessera/ticket'

export default defineModule({
  name: 'night',
  depends: [ticket],
  views: [
    patchView(ticketForm, [{ hide: 'source' }, { set: 'type', to: { label: 'Kind', wide: true } }]),
    patchView(ticketSearch, { hide: 'urgent' }),
  ],
})
`

test('A view is told part by part, with whoever put it there, changed it or took it away', async () => {
  const { code, out } = await cli.tessera('module info --view ticket.form')
  expect(code).toBe(0)
  expect(out).toContain('ticket.form  declared by ticket\n')
  expect(out).toMatch(/\n {2}group customer +ticket\n {4}partner +ticket\n {4}sppProgram +spp put it here\n/)
  expect(out).toMatch(/\n {4}type +ticket, then night set label, wide\n {4}source +ticket, then night hid it\n/)
  expect(out).toMatch(/\n {2}action close +ticket\n/)
  expect((await cli.tessera('module info --view ticket.search')).out).toMatch(/\n {2}filter urgent +ticket, then night hid it\n/)
})

test('A view of which nobody declared anything is told as made by core, each field by whoever added it', async () => {
  const { out } = await cli.tessera('module info --view enrolment.form')
  expect(out).toContain('enrolment.form  made by core of the fields of spp\n')
})

test('As JSON it holds the same', async () => {
  const { view, module, generated, parts } = (await cli.tessera('module info --view ticket.list --json')).json()
  expect({ view, module, generated }).toEqual({ view: 'ticket.list', module: 'ticket', generated: false })
  expect(parts.slice(2, 4)).toEqual([
    { kind: 'field', name: 'partner', isShown: true, deeds: [{ module: 'ticket', did: 'declared' }], of: [] },
    { kind: 'field', name: 'sppProgram', isShown: true, deeds: [{ module: 'spp', did: 'inserted' }], of: [] },
  ])
})

test('A view that is not there is named with what was meant', async () => {
  expect((await cli.tessera('module info --view tickt.form')).err).toContain('Did you mean "ticket"?')
  expect((await cli.tessera('module info --view ticket.from')).err).toContain('Did you mean "form"?')
  expect((await cli.tessera('module info --view partner.kanban')).err).toContain('No module declares a kanban for "partner".')
  expect(await cli.tessera('module info')).toMatchObject({ code: 2, err: expect.stringContaining('Name a module') })
})

test('A module is told with the templates in whose place it puts its own', async () => {
  await cli.file('addons/night/templates/ticket/none.hbs', '')
  const { code, out } = await cli.tessera('module check night')
  expect(code).toBe(5)
  expect(out).toContain('night  template.override_of_nothing')
  await rm(join(cli.folder, 'addons/night/templates'), { recursive: true })
  await cli.file('addons/dusk/package.json', packageOf('dusk', 'web'))
  await cli.file('addons/dusk/index.ts', dusk)
  await cli.file('addons/dusk/templates/web/empty.hbs', '{{> web/empty}}')
  expect((await cli.tessera('module info dusk')).out).toContain('templates   web/empty\n')
  expect((await cli.tessera('module check')).out).toContain('dusk  note\n  Shows its own template in place of "web/empty".')
})
