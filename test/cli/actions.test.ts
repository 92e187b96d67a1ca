import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { type Deployment, deployment } from './deployment.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let database: TestDatabase
let cli: Deployment
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'cli_actions' })
  cli = await deployment({ DATABASE_URL: database.url }, ['ticket', 'spp'])
  await cli.tessera('db migrate')
  for (const role of ['viewer', 'agent']) await cli.tessera(`user create ${role}@example.org --role ${role}`)
  await cli.file('partners.csv', 'Name,External id\nAnn,P1\n')
  await cli.tessera('data import partner partners.csv')
  await cli.file('programs.csv', 'Code,Name\ncash,Cash\n')
  await cli.tessera('data import program programs.csv')
  await cli.file('tickets.csv', 'External id,Subject,Partner,Program\nA,Pothole,P1,\nB,Night noise,P1,\nC,Cash late,P1,Cash\n')
  await cli.tessera('data import ticket tickets.csv')
})
afterAll(async () => {
  await cli.remove()
  await database.drop()
})

test('An action of a model is a command; the record is named by its number or another unique field', async () => {
  const { code, out } = await cli.tessera('ticket close A --status resolved --reason "filled in" --json')
  expect(code).toBe(0)
  const record = JSON.parse(out)
  expect(record).toMatchObject({ subject: 'Pothole', status: { label: 'Resolved' }, closeReason: 'filled in' })
  expect((await cli.tessera(`ticket reopen ${record.number}`)).out).toBe(`Reopen: ${record.number} Pothole\n`)
  expect((await cli.tessera(`ticket close ${record.id} --status Closed`)).code).toBe(0)
})

test('The close rule of an addon holds at this door too', async () => {
  const { code, out, err } = await cli.tessera('ticket close C')
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toContain('error: Link a registrant to ticket "Cash late" before closing it.')
})

test('The rights of the user who is named decide', async () => {
  const viewer = await cli.tessera('ticket close B --user viewer@example.org')
  expect(viewer).toMatchObject({ code: 6, out: '' })
  expect(viewer.err).toContain('Your role does not allow you to close this ticket.')
  expect((await cli.tessera('ticket close B --user agent@example.org')).code).toBe(0)
})

test('Several records at once: what is refused is said of each, and the end is 7', async () => {
  await cli.file('more.csv', 'External id,Subject,Partner\nD,Dark lamp,P1\n')
  await cli.tessera('data import ticket more.csv')
  const { code, out, err } = await cli.tessera('ticket close D C Z --json')
  expect(code).toBe(7)
  expect(JSON.parse(out)).toMatchObject({ done: [{ subject: 'Dark lamp' }], refused: [{ record: 'C' }, { record: 'Z' }] })
  expect(err).toContain('There is no ticket "Z"')
})

test('A relation is given by name and taken away with --no-', async () => {
  expect((await cli.tessera('ticket assign D --assignee agent@example.org --json')).json()).toMatchObject({ assignee: { label: 'agent' } })
  expect((await cli.tessera('ticket assign D --no-assignee --json')).json()).toMatchObject({ assignee: null })
  const wrong = await cli.tessera('ticket close D --status resolvd')
  expect(wrong.code).toBe(1)
  expect(wrong.err).toContain('hint: Did you mean "resolved"?')
})

test('A model lists its actions, and a slip of the pen gets the nearest one', async () => {
  expect((await cli.tessera('ticket --help')).out).toMatch(/assign.*\n.*close.*\n.*move.*\n.*reopen/)
  const { code, err } = await cli.tessera('ticket clse A')
  expect(code).toBe(2)
  expect(err).toContain('hint: Did you mean close?')
})
