import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { type Deployment, deployment } from './deployment.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 })

let database: TestDatabase
let cli: Deployment
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'cli_modules' })
  cli = await deployment({ DATABASE_URL: database.url })
  await cli.file(
    'addons/trial/package.json',
    '{ "name": "@tessera/trial", "version": "0.1.0", "type": "module", "dependencies": { "@tessera/core": "*", "@tessera/base": "*", "@tessera/partner": "*" } }',
  )
  await cli.file('addons/trial/index.ts', trial)
  await cli.tessera('db migrate')
})
afterAll(async () => {
  await cli.remove()
  await database.drop()
})

const trial = `
import base, { viewer } from '@tessera/base'
import { command, defineModule } from '@tessera/core'
import partner, { Partner } from '@tessera/partner'
import { z } from 'zod'

export default defineModule({
  name: 'trial',
  depends: [base, partner],
  permissions: [viewer.can('update', Partner)],
  commands: [
    command('shout', {
      help: 'says it loudly',
      input: z.object({ words: z.string(), times: z.int().max(9).default(1), softly: z.boolean().optional() }),
      run: ({ words, times, softly }) => (softly ? words : words.toUpperCase() + '!').repeat(times),
    }),
    command('whoami', { help: 'says who acts', run: (_, { context }) => ({ name: context.caller.name, door: context.door }) }),
  ],
})
`

test('Without a module that brings them, there is no demonstration and nothing to populate with', async () => {
  const empty = await testDatabase(inject('postgresUrl'), { name: 'cli_without_tickets' })
  const partnersOnly = await deployment({ DATABASE_URL: empty.url }, ['partner'])
  for (const words of ['demo load', 'db populate']) {
    const { code, err } = await partnersOnly.tessera(words)
    expect(code).toBe(1)
    expect(err).toContain('No installed module brings')
  }
  await partnersOnly.remove()
  await empty.drop()
})

test('A module is planned, installed once, and listed', async () => {
  const installed = async () =>
    (await cli.tessera('module list --json'))
      .json()
      .flatMap((one: { name: string; installed: boolean }) => (one.installed ? [one.name] : []))
  const plan = await cli.tessera('module install trial --dry-run --json')
  expect(plan.json().modules).toContainEqual({ name: 'trial', version: '0.1.0', becomes: 'installed', why: { kind: 'asked' } })
  expect(await installed()).not.toContain('trial')
  const done = await cli.tessera('module install trial')
  expect(done.code).toBe(0)
  expect(done.err).toContain('follow by themselves')
  expect(await installed()).toEqual(['base', 'partner', 'thread', 'ticket', 'trial', 'web'])
  expect((await cli.tessera('module install trial')).out).toBe('Nothing to do: trial is installed.\n')
  const unknown = await cli.tessera('module install trail')
  expect(unknown.code).toBe(1)
  expect(unknown.err).toContain('Did you mean "trial"?')
})

test('The check notes that an addon widens a role of another module', async () => {
  const { code, out } = await cli.tessera('module check --json')
  expect(code).toBe(0)
  expect(JSON.parse(out).notes).toContainEqual({
    module: 'trial',
    sentence: 'Gives update on partner to the role "viewer", which belongs to base.',
    rule: { role: 'viewer', model: 'partner', verbs: ['update'] },
  })
})

test('The check notes a translation of what nothing has', async () => {
  await cli.file(
    'addons/trial/texts/fr.json',
    JSON.stringify({ 'ticket.model': 'Ticket', 'ticket.feild.subject': 'Objet', 'http.csrf': '…' }),
  )
  const { code, out } = await cli.tessera('module check --json')
  expect(code).toBe(0)
  // A module also translates what is there beside modules that this deployment has not.
  const notes: { module: string; sentence: string }[] = JSON.parse(out).notes
  expect(notes.filter(({ module, sentence }) => module === 'trial' && sentence.startsWith('texts/'))).toEqual([
    {
      module: 'trial',
      sentence: 'texts/fr.json translates "ticket.feild.subject", which nothing has. Did you mean "ticket.field.subject"?',
    },
  ])
})

test('What a module brings is said by its info', async () => {
  expect((await cli.tessera('module info spp --json')).json().brings).toMatchObject({
    fields: expect.arrayContaining(['ticket.sppProgram']),
    overrides: ['tickets'],
  })
})

test('Commands of modules take their input as options', async () => {
  expect((await cli.tessera('shout --words hello --times 2')).out).toBe('HELLO!HELLO!\n')
  expect((await cli.tessera('shout --words hello --softly --json')).json()).toBe('hello')
  const missing = await cli.tessera('shout')
  expect(missing).toMatchObject({ code: 2, out: '' })
  expect(missing.err).toContain('The option --words is needed.')
  const wrong = await cli.tessera('shout --words hello --times many')
  expect(wrong.code).toBe(2)
  expect(wrong.err).toContain('--times must be a number, not "many".')
  expect((await cli.tessera('shout --words hello --times 10')).code).toBe(2)
})

test('A command acts as the system, or as the user who is named', async () => {
  expect((await cli.tessera('whoami --json')).json()).toEqual({ name: 'system', door: 'cli' })
  await cli.tessera('user create vic@example.org --role viewer --name Vic')
  expect((await cli.tessera('whoami --user vic@example.org --json')).json()).toEqual({ name: 'Vic', door: 'cli' })
})

test('Demonstration data and bulk records come from the module that brings them', async () => {
  expect((await cli.tessera('demo load --json')).json()).toEqual({ tickets: 1000, partners: 427 })
  expect((await cli.tessera('demo load --json')).json()).toEqual({ tickets: 0, partners: 0 })
  for (const times of [1, 2])
    expect((await cli.tessera('db populate --tickets 300 --json')).json(), String(times)).toMatchObject({ tickets: 300 })
})

test('Routes and the OpenAPI document name what is installed', async () => {
  const { routes, withoutRules } = (await cli.tessera('routes --json')).json()
  expect(routes).toContainEqual({ method: 'GET', path: '/api/tickets/:id', may: 'read ticket', module: 'ticket' })
  expect(withoutRules.length).toBeGreaterThan(0)
  expect((await cli.tessera('openapi export')).json()).toMatchObject({ openapi: '3.1.0', paths: { '/api/tickets': expect.anything() } })
  const denied = await cli.tessera('openapi export nowhere/at/all.json')
  expect(denied.code).toBe(1)
  expect(denied.err).toContain('cannot be written')
})
