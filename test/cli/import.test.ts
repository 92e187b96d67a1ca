import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type Connection, connect } from '../../core/database/connection.ts'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { type Deployment, deployment } from './deployment.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let database: TestDatabase
let cli: Deployment
let sql: Connection
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'cli_import' })
  cli = await deployment({ DATABASE_URL: database.url }, ['ticket', 'spp'])
  await cli.tessera('db migrate')
  for (const role of ['viewer', 'agent']) await cli.tessera(`user create ${role}@example.org --role ${role}`)
  sql = connect(database.url, 1, [], () => undefined)
})
afterAll(async () => {
  await sql.close()
  await cli.remove()
  await database.drop()
})

/** What PostgreSQL says is there. */
function tickets() {
  return sql.run(
    `select t.external_id as key, t.subject, t.description, s.code as status, p.name as partner, t.version
     from ticket t join ticket_status s on s.id = t.status_id join partner p on p.id = t.partner_id order by t.external_id`,
  )
}
async function count(table: string): Promise<number> {
  const rows = await sql.run(`select count(*)::int as n from ${table}`)
  return Number(rows[0]?.n)
}

const people = `External ID,name,Kind,e-mail,Active
P1,Ann Lee,Person,ann@example.org,yes
P2,"Acme, Inc.",company,,yes
P3,Bob,person,notanemail,yes

P4,Cy,robot,,maybe
P5,Dee,person
`
const mapped = '--map "External ID=externalId,name=name,Kind=kind,e-mail=email,Active=active"'

test('A dry run says what would happen and writes nothing', async () => {
  await cli.file('people.csv', people)
  const { code, out } = await cli.tessera(`data import partner people.csv ${mapped} --dry-run --json`)
  expect(code).toBe(7)
  expect(JSON.parse(out)).toMatchObject({ created: 2, updated: 0, unchanged: 0, failed: 3, dryRun: true, errors: null })
  expect(await count('partner')).toBe(0)
  expect(existsSync(join(cli.folder, 'people.csv.errors.csv'))).toBe(false)
})

test('Good rows go in, bad ones are named by row and column and kept in a file', async () => {
  const { code, out, err } = await cli.tessera(`data import partner people.csv ${mapped}`)
  expect(code).toBe(7)
  expect(out).toBe('2 created, 0 updated, 0 unchanged, 3 failed.\n')
  // As a spreadsheet counts: the header is row 1, and the blank line is a row too.
  expect(err).toContain('row 4, e-mail: write an email address such as ada@example.org')
  expect(err).toContain('row 6, Kind: Kind must be one of person, company, not "robot".')
  expect(err).toContain('row 6, Active: Active must be true or false, not "maybe".')
  expect(err).toContain('row 7: The row has 3 cells, but the first line names 5 columns.')
  expect(await count('partner')).toBe(2)
  const errors = await readFile(join(cli.folder, 'people.csv.errors.csv'), 'utf8')
  expect(errors.split('\n')[0]).toBe('External ID,name,Kind,e-mail,Active,error')
  expect(errors).toContain('P3,Bob,person,notanemail,yes,e-mail: write an email address such as ada@example.org')
})

test('A file of an old spreadsheet is read as what it is, or as what it is said to be', async () => {
  await writeFile(join(cli.folder, 'western.csv'), Buffer.from('name\nZo\xeb\n', 'latin1'))
  const found = await cli.tessera('data import partner western.csv --dry-run')
  expect([found.code, found.out, found.err]).toEqual([
    0,
    expect.stringContaining('1 created'),
    expect.stringContaining('Read as windows-1252'),
  ])
  const told = await cli.tessera('data import partner western.csv --dry-run --encoding utf-8')
  expect([told.code, told.err]).toEqual([2, expect.stringContaining('is not in UTF-8: line 2')])
})

test('The error file is mended and imported; only what was missing is added', async () => {
  const errors = await readFile(join(cli.folder, 'people.csv.errors.csv'), 'utf8')
  await cli.file(
    'mended.csv',
    errors
      .replace('notanemail', 'bob@example.org')
      .replace('robot,,maybe', 'Company,,no')
      .replace('P5,Dee,person,,,', 'P5,Dee,person,,yes,'),
  )
  const { code, out } = await cli.tessera(`data import partner mended.csv ${mapped} --json`)
  expect(JSON.parse(out)).toMatchObject({ created: 3, updated: 0, failed: 0, errors: null })
  expect(code).toBe(0)
  expect(await count('partner')).toBe(5)
})

test('Importing again duplicates nothing and changes only what differs', async () => {
  await cli.file('again.csv', people.replace('Ann Lee', 'Ann Lee-Smith'))
  const { out } = await cli.tessera(`data import partner again.csv ${mapped} --json`)
  expect(JSON.parse(out)).toMatchObject({ created: 0, updated: 1, unchanged: 1, failed: 3 })
  expect(await count('partner')).toBe(5)
})

test('A byte order mark, semicolons, CRLF and lines in cells are read; relations by code, title or external id', async () => {
  await cli.file(
    'tickets.csv',
    '\ufeffKey;Subject;Customer;Status;Text\r\nT1;Pothole on Elm;P1;resolved;"two\r\nlines, ""quoted"""\r\n\r\nT2;Night noise;Acme, Inc.;;\r\nT3;Lost wallet;Nobody;;\r\n',
  )
  const { code, out } = await cli.tessera(
    'data import ticket tickets.csv --map Key=externalId,Subject=subject,Customer=partner,Status=status,Text=description --json',
  )
  expect(JSON.parse(out)).toMatchObject({
    created: 2,
    failed: 1,
    problems: [{ row: 5, column: 'Customer', sentence: 'There is no partner "Nobody", or you may not see it.' }],
  })
  expect(code).toBe(7)
  expect(await tickets()).toMatchObject([
    { key: 'T1', subject: 'Pothole on Elm', status: 'resolved', partner: 'Ann Lee-Smith', description: 'two\r\nlines, "quoted"' },
    { key: 'T2', subject: 'Night noise', status: 'new', partner: 'Acme, Inc.', description: null },
  ])
})

test('A status goes through the action that owns it, so that the rule of an addon holds', async () => {
  await cli.file('programs.csv', 'Code,Name\ncash,Cash\n')
  expect((await cli.tessera('data import program programs.csv')).code).toBe(0)
  await cli.file(
    'program.csv',
    'External id,Subject,Partner,Program,Registrant,Status\nS1,Cash transfer late,P1,Cash,,\nS2,Cash card lost,P1,Cash,,\n',
  )
  expect((await cli.tessera('data import ticket program.csv')).code).toBe(0)
  await cli.file('closing.csv', 'External id,Status\nS1,Resolved\nS2,Resolved\nT2,Resolved\n')
  const refused = await cli.tessera('data import ticket closing.csv --json')
  expect(refused.json()).toMatchObject({ updated: 1, failed: 2 })
  expect(refused.json().problems).toContainEqual({
    row: 2,
    column: null,
    sentence: 'Link a registrant to ticket "Cash transfer late" before closing it.',
  })
  await cli.file('linked.csv', 'External id,Registrant\nS1,HH-1\n')
  expect((await cli.tessera('data import ticket linked.csv')).code).toBe(0)
  expect((await cli.tessera('data import ticket closing.csv --json')).json()).toMatchObject({ updated: 1, unchanged: 1, failed: 1 })
  expect((await tickets()).map(({ key, status }) => `${key} ${status}`)).toEqual(['S1 resolved', 'S2 new', 'T1 resolved', 'T2 resolved'])
  const rows = await sql.run(`select distinct door from history where model = 'ticket'`)
  expect(rows).toEqual([{ door: 'import' }])
})

test('--id finds records by another unique field, which is not written', async () => {
  const rows = await sql.run(`select number from ticket where external_id = 'T1'`)
  await cli.file('numbers.csv', `No,Subject\n${rows[0]?.number},Pothole on Elm Street\nT-1999-00001,Nothing\n`)
  const { code, out } = await cli.tessera('data import ticket numbers.csv --id No=number --json')
  expect(JSON.parse(out)).toMatchObject({ created: 0, updated: 1, failed: 1 })
  expect(JSON.parse(out).problems).toEqual([
    { row: 3, column: 'No', sentence: 'There is no ticket with the number "T-1999-00001" to update.' },
  ])
  expect(code).toBe(7)
})

test('Rows are written with the rights of the user who is named', async () => {
  await cli.file('more.csv', 'External id,Name\nP9,Eve\n')
  const viewer = await cli.tessera('data import partner more.csv --user viewer@example.org --json')
  expect(viewer.code).toBe(7)
  expect(viewer.json()).toMatchObject({ created: 0, failed: 1 })
  expect(viewer.json().problems[0].sentence).toContain('Your role does not allow you')
  expect((await cli.tessera('data import partner more.csv --user agent@example.org')).code).toBe(0)
})

test('A record may refer to one of an earlier row', async () => {
  await cli.file('company.csv', 'External id,Name,Kind,Company\nC1,Mill Ltd,company,\nC2,Max,person,C1\n')
  expect((await cli.tessera('data import partner company.csv --json')).json()).toMatchObject({ created: 2, failed: 0 })
})

test('Five hundred rows with one bad row among them: all others go in', async () => {
  const rows = Array.from({ length: 500 }, (_, n) => `M${n},${n === 333 ? `"${'x'.repeat(201)}"` : `Person ${n}`}`)
  await cli.file('many.csv', `External id,Name\n${rows.join('\n')}\n`)
  const before = await count('partner')
  const { out } = await cli.tessera('data import partner many.csv --json --quiet')
  expect(JSON.parse(out)).toMatchObject({ created: 499, failed: 1, problems: [{ row: 335, column: 'Name' }] })
  expect(await count('partner')).toBe(before + 499)
})

test('A file that breaks off in the middle is refused as a whole, and nothing is written', async () => {
  await cli.file('open.csv', 'External id,Name\nO1,Ann\nO2,"Bob\nO3,Cy\n')
  const before = await count('partner')
  const { code, out, err } = await cli.tessera('data import partner open.csv')
  expect(err).toContain('a quotation mark that opens at line')
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(await count('partner')).toBe(before)
})

test('A file without a field of the model is answered with how to map it', async () => {
  await cli.file('foreign.csv', 'Colour,Size\nred,1\n')
  const { code, err } = await cli.tessera('data import partner foreign.csv')
  expect(err).toContain('No column of the file has the name of a field of partners.')
  expect(err).toContain('--map "Colour=')
  expect(code).toBe(2)
})

test.for([
  ['--map Titel=name', 'The file has no column "Titel".'],
  ['--map Name=nme', 'There is no field "nme" in partners.'],
  ['--map Name=createdAt', '"Created at" is kept by the system'],
  ['--id Name=name', 'Two partners may have the same Name'],
] as const)('%s is a mistake of the map: nothing is tried', async ([options, sentence]) => {
  await cli.file('map.csv', 'Name\nAnn\n')
  const { code, err } = await cli.tessera(`data import partner map.csv ${options}`)
  expect(err).toContain(sentence)
  expect(err).toContain('hint: ')
  expect(code).toBe(2)
  await rm(join(cli.folder, 'map.csv'))
})
