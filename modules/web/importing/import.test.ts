import { Attachment } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Ticket, type } from '@tessera/ticket'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { linkOf, plain, rowsOf, type Visitor, visitorAs, wordsOf as wordsAsSent } from '../server/visitor.ts'
import { changeIdle } from './begin.ts'
import { sweepsImports } from './import.job.ts'
import { importSettings } from './import.settings.ts'
import { ImportRefusal, ImportRun } from './import-run.model.ts'
import { chosen, countsOf, matchIn, press } from './visits.ts'

let app: TestApp
let system: Services
let agent: Visitor & { readonly user: string }

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
  system = await app.servicesFor({ door: 'system' })
  agent = await visitorAs(app, 'agent')
})
afterAll(() => app?.close())

const wordsOf = (html: string): string => plain(wordsAsSent(html))
const named = async (name: string) => system.records.find(Partner, { name })

const people = `External ID,Name,Write to,Kind,Company,Shoe size
I1,Ann Lee,ann@example.org,Person,,40
I2,Acme Corp,,company,,
I3,Bob Dow,no address,person,,
I4,Cy Ray,cy@example.org,robot,Nowhere Ltd,
`

describe('A file of records', () => {
  it('is matched by the names of its columns, tested, and imported but for the rows that are refused', async () => {
    const page = await chosen(agent, '/partners', 'people.csv', people)
    const match = matchIn(page)
    expect(match).toEqual({
      'column.0': 'externalId',
      'column.1': 'name',
      'column.2': '',
      'column.3': 'kind',
      'column.4': 'company',
      'column.5': '',
      key: 'externalId',
      encoding: 'utf-8',
    })
    // A column that nothing is called like is matched by hand, and what is wrong is shown where it stands.
    const matched = await press(agent, page, 'match', { 'column.2': 'email' })
    expect(matchIn(matched)['column.2']).toBe('email')
    expect(wordsOf(matched.html)).toMatch(/no address Write an email address such as ada@example\.org\./)
    expect(wordsOf(matched.html)).toMatch(/Nowhere Ltd There is no partner "Nowhere Ltd", or you may not see it\./)
    const tested = await press(agent, matched, 'test')
    expect(countsOf(tested)).toEqual({ created: '2', updated: '0', unchanged: '0', failed: '2' })
    expect(wordsOf(tested.html)).toContain('Tested: nothing was written')
    expect(wordsOf(tested.html)).toMatch(/4 Write to Write an email address such as/)
    expect(await named('Ann Lee')).toBeNull()

    const done = await press(agent, tested, 'import')
    expect(countsOf(done)).toEqual({ created: '2', updated: '0', unchanged: '0', failed: '2' })
    expect(await named('Ann Lee')).toMatchObject({ email: 'ann@example.org', externalId: 'I1' })
    expect(await named('Bob Dow')).toBeNull()
    const [latest] = await system.records.history(Partner, (await named('Acme Corp'))!.id, 5)
    expect(latest).toMatchObject({ door: 'import' })
    // The list of what was made.
    const list = await agent.get(linkOf(done, /Show the records/))
    expect(rowsOf(list)).toHaveLength(2)
    expect(wordsOf(list.html)).toContain('Acme Corp')
    // The rows that were refused, as they were, each with its reasons.
    const file = await agent.get(linkOf(done, /Refused rows as CSV/))
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="people-refused.csv"')
    const refused: Record<string, string>[] = parse(file.html, { columns: true, bom: true })
    expect(refused.map((row) => [row['External ID'], row['Write to'], row.error])).toEqual([
      ['I3', 'no address', 'Write to: Write an email address such as ada@example.org.'],
      ['I4', 'cy@example.org', expect.stringMatching(/^Kind: .*robot.* Company: There is no partner "Nowhere Ltd"/)],
    ])
    // Mended, they are imported without a further word: the columns are known by now.
    const mended = file.html.replace('no address', 'bob@example.org').replace('robot,Nowhere Ltd', 'person,Acme Corp')
    const again = await chosen(agent, '/partners', 'people-refused.csv', mended)
    const last = await press(agent, again, 'import')
    expect(countsOf(last)).toEqual({ created: '2', updated: '0', unchanged: '0', failed: '0' })
    expect(await named('Cy Ray')).toMatchObject({ company: { id: (await named('Acme Corp'))!.id } })
  })

  it('that comes again changes only what differs, and is matched as it was the last time', async () => {
    const page = await chosen(agent, '/partners', 'people.csv', people.replace('ann@example.org', 'ann.lee@example.org'))
    expect(matchIn(page)).toMatchObject({ 'column.2': 'email', 'column.5': '' })
    expect(wordsOf(page.html)).toMatch(/2 Update I1 Ann Lee ann\.lee@example\.org/)
    const done = await press(agent, page, 'import')
    expect(countsOf(done)).toEqual({ created: '0', updated: '1', unchanged: '1', failed: '2' })
    expect(await named('Ann Lee')).toMatchObject({ email: 'ann.lee@example.org' })
    expect((await press(agent, page, 'import')).status).toBe(409)
  })

  it('belongs to whoever brought it: nobody else sees it, and it is not kept once nobody needs it', async () => {
    const page = await chosen(agent, '/partners', 'mine.csv', 'name\nOnly Mine\n')
    const run = (await system.records.find(ImportRun, { name: 'mine.csv' }))!
    for (const role of ['agent', 'administrator']) {
      const other = await visitorAs(app, role)
      expect((await other.get(page.at)).status).toBe(404)
      expect((await other.get(`${page.at}/refused`)).status).toBe(404)
      expect((await other.post(page.at, { do: 'import' })).status).toBe(404)
      if (role === 'agent') expect((await other.get(`/attachments/${run.file}`)).status).toBe(404)
    }
    expect((await agent.get(`/attachments/${run.file}`)).status).toBe(404)
    await press(agent, page, 'import')
    expect(await named('Only Mine')).not.toBeNull()
    expect(await system.records.find(Attachment, { id: run.file! })).toBeNull()
    const left = await chosen(agent, '/partners', 'left.csv', 'name\nNever\n')
    const kept = (await system.records.find(ImportRun, { name: 'left.csv' }))!
    expect((await agent.post(left.at, { do: 'cancel' })).location).toBe('/partners')
    expect(await system.records.find(Attachment, { id: kept.file! })).toBeNull()
  })

  it('is refused to whoever may make none, and not offered', async () => {
    const viewer = await visitorAs(app, 'viewer')
    expect(linkOf(await viewer.get('/partners'), /Import/)).toBe('')
    expect((await viewer.get('/partners/import')).status).toBe(403)
    const refused = await viewer.upload('/partners/import', 'people.csv', people)
    expect([refused.status, wordsOf(refused.html)]).toEqual([403, expect.stringContaining('but not import them')])
  })

  it.each([
    ['empty.csv', '', 400, 'There is nothing in empty.csv'],
    ['head.csv', 'name,email\n', 400, 'head.csv names its columns and has no rows below them.'],
    ['twins.csv', 'name,e-mail,name\nA,b,C\n', 400, 'the columns 1 and 3 are both called "name"'],
    ['picture.csv', Buffer.from('\x89PNG\r\n\x1a\n\0\0', 'latin1'), 400, 'picture.csv is no text'],
    ['open.csv', 'name\n"Ann\n', 400, 'a quotation mark that opens at line'],
    ['old.xls', 'anything', 422, 'is neither CSV nor an Excel workbook'],
  ] as const)('that cannot be read is refused with a sentence, and not kept: %s', async (name, content, code, sentence) => {
    await agent.get('/partners/import')
    const before = await system.records.count(Attachment)
    const answer = await agent.upload('/partners/import', name, content)
    expect([answer.status, wordsOf(answer.html)]).toEqual([code, expect.stringContaining(sentence)])
    expect(answer.html).not.toContain('/tmp/')
    expect(await system.records.count(Attachment)).toBe(before)
  })

  it('may hold what no database keeps: the row is refused, and the others are not', async () => {
    const page = await chosen(
      agent,
      '/partners',
      'nul.csv',
      'name,kind,company\nWith \0 in it,person,\nFine,person,\nOdd,ro\0bot,No\0where\n',
    )
    const done = await press(agent, page, 'import')
    expect(countsOf(done)).toMatchObject({ created: '1', failed: '2' })
    expect(await named('Fine')).not.toBeNull()
  })

  it('is read in the encoding that it was saved in, or in the one that is chosen then', async () => {
    const western = await chosen(agent, '/partners', 'western.csv', Buffer.from('name;Ville préférée\nZo\xeb K\xf6ln;\xc7a\n', 'latin1'))
    expect(matchIn(western)).toMatchObject({ 'column.0': 'name', encoding: 'windows-1252' })
    expect(wordsOf(western.html)).toMatch(/If letters look wrong, choose another\. .*Zoë Köln/)
    // A choice that changes how it is read is shown first, whatever was pressed.
    const arabic = await press(agent, western, 'import', { encoding: 'windows-1256' })
    expect([matchIn(arabic).encoding, wordsOf(arabic.html)]).toEqual(['windows-1256', expect.stringContaining('Zoë Kِln')])
    const wrong = await press(agent, arabic, 'match', { encoding: 'utf-8' })
    expect([wrong.status, wordsOf(wrong.html)]).toEqual([400, expect.stringContaining('is not in UTF-8: line 1')])
    const back = await press(agent, arabic, 'match', { encoding: 'windows-1252' })
    expect(countsOf(await press(agent, back, 'import'))).toMatchObject({ created: '1', failed: '0' })
    expect(await named('Zoë Köln')).not.toBeNull()
    const unicode = Buffer.from('\ufeffname\temail\r\nأمينة\tno address\r\n', 'utf16le')
    const done = await press(agent, await chosen(agent, '/partners', 'unicode.txt', unicode), 'import')
    const file = await agent.get(linkOf(done, /Refused rows as CSV/))
    expect(file.html).toContain('أمينة\tno address')
  })

  it('may have columns that are called like what every object has, and cells that name far too many records', async () => {
    const page = await chosen(agent, '/partners', 'odd.csv', 'name,constructor,__proto__,toString\nOdd Columns,a,b,c\n')
    expect(matchIn(page)).toMatchObject({ 'column.0': 'name', 'column.1': '', 'column.2': '', 'column.3': '' })
    const matched = await press(agent, page, 'match', { 'column.1': 'city' })
    expect(matchIn(matched)).toMatchObject({ 'column.1': 'city', 'column.2': '' })
    expect(countsOf(await press(agent, matched, 'import'))).toMatchObject({ created: '1', failed: '0' })
    expect(await named('Odd Columns')).toMatchObject({ city: 'a' })
    const crowd = await chosen(agent, '/partners', 'crowd.csv', `name;tags\nCrowd;"${'x,'.repeat(2_000)}"\n`)
    expect(wordsOf(crowd.html)).toContain('A cell can name 1000 records, and this one names 2000.')
  })

  it('stays as it is once another window began to import it', async () => {
    const page = await chosen(agent, '/partners', 'two-windows.csv', 'name\nTwo Windows\n')
    const run = (await system.records.find(ImportRun, { name: 'two-windows.csv' }))!
    await system.records.update(ImportRun, run.id, { state: 'importing' })
    const services = await app.servicesFor({ door: 'web', user: agent.user })
    await expect(changeIdle(services, run.id, { columns: {} })).rejects.toMatchObject({ code: 'web.import_runs' })
    await system.records.update(ImportRun, run.id, { state: 'matching' })
    expect(countsOf(await press(agent, page, 'import'))).toMatchObject({ created: '1' })
  })

  it('with very many columns is refused at once', async () => {
    await agent.get('/partners/import')
    const header = Array.from({ length: 90_000 }, (_, at) => `c${at}`).join(',')
    const refused = await agent.upload('/partners/import', 'wide.csv', `${header}\nx\n`)
    expect([refused.status, wordsOf(refused.html)]).toEqual([400, expect.stringContaining('at most 300')])
  })

  it('may have semicolons or tabs, and rows that are too short are told of by themselves', async () => {
    const semicolons = await chosen(agent, '/partners', 'semi.csv', '\ufeffname;email\nSemi One;semi@example.org\nSemi Two\n')
    expect(wordsOf(semicolons.html)).toContain('The row has 1 cells, but the first line names 2 columns.')
    expect(countsOf(await press(agent, semicolons, 'import'))).toMatchObject({ created: '1', failed: '1' })
    const tabs = await chosen(agent, '/partners', 'tabs.tsv', 'name\temail\nTab, One\ttab@example.org\n')
    expect(countsOf(await press(agent, tabs, 'import'))).toMatchObject({ created: '1', failed: '0' })
    expect(await named('Tab, One')).toMatchObject({ email: 'tab@example.org' })
  })
})

describe('What an export wrote', () => {
  it('is read again as it was: nothing differs', async () => {
    const manager = await visitorAs(app, 'manager')
    const { id } = await system.records.create(Partner, {
      name: '=Sum & Sons',
      phone: '+33 1 70 18 99 00',
      externalId: 'E1',
      kind: 'company',
    })
    for (const format of ['csv', 'xlsx']) {
      const fields = ['externalId', 'name', 'phone', 'kind', 'active', 'company'].map((field) => `field=${field}`).join('&')
      const file = await manager.get(`/partners/export?q=Sum&format=${format}&${fields}`)
      const page = await chosen(manager, '/partners', `partners.${format}`, new Uint8Array(file.bytes))
      const done = await press(manager, page, 'import')
      expect([format, countsOf(done)]).toEqual([format, { created: '0', updated: '0', unchanged: '1', failed: '0' }])
    }
    expect(await system.records.get(Partner, id)).toMatchObject({ name: '=Sum & Sons', phone: '+33 1 70 18 99 00' })
  })
})

describe('The rules of whoever imports', () => {
  it('hold for each row: fields that are an action’s go by it, and what he may not write is not offered', async () => {
    const partner = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
    const open = (await system.records.create(Ticket, { subject: 'Lamp', partner, type: type.inquiry, externalId: 'T1' })).id
    const page = await chosen(agent, '/tickets', 'tickets.csv', 'External id,Subject,Partner,Status\nT1,Lamp,Fatou Camara,Closed\n')
    const done = await press(agent, page, 'import')
    const record = await system.records.get(Ticket, open, ['status', 'closedAt'])
    expect([countsOf(done).updated, record.closedAt === null]).toEqual(['1', false])
    expect(page.html).not.toContain('value="createdAt"')
  })

  it('are said in his own language, and the choices of a field are understood in it', async () => {
    const reader = await visitorAs(app, 'agent', { language: 'fr' })
    await reader.get('/partners/import')
    const sent = await reader.upload('/partners/import', 'gens.csv', 'Nom,Type,Actif\nZoé Petit,Entreprise,oui\nX,robot,peut-être\n')
    const page = { ...(await reader.get(sent.location)), at: sent.location }
    const done = await press(reader, page, 'import', { 'column.1': 'kind' })
    expect(wordsOf(done.html)).toContain('Importé')
    expect(wordsOf(done.html)).toMatch(/pas « robot »/)
    expect(await named('Zoé Petit')).toMatchObject({ kind: 'company', active: true })
  })
})

describe('More rows than one waits for', () => {
  it('are read by a job that one may leave, each row once', async () => {
    const rows = Array.from({ length: 450 }, (_, at) => `M${at},Many ${at},${at % 100 === 7 ? 'wrong' : `m${at}@example.org`}`)
    const page = await chosen(agent, '/partners', 'many.csv', `externalId,name,email\n${rows.join('\n')}\n`)
    const begun = await press(agent, page, 'import')
    expect(wordsOf(begun.html)).toContain('0 of 450 done')
    expect((await press(agent, begun, 'import')).status).toBe(409)
    await app.queue.drain()
    const done = { ...(await agent.get(page.at)), at: page.at }
    expect(countsOf(done)).toEqual({ created: '445', updated: '0', unchanged: '0', failed: '5' })
    expect(await system.records.count(Partner, { where: { name: { $contains: 'Many ' } } })).toBe(445)
    const file = await agent.get(linkOf(done, /Refused rows as CSV/))
    expect(parse(file.html, { columns: true, bom: true })).toHaveLength(5)
    expect(await system.records.count(ImportRefusal, { where: { row: 9 } })).toBe(1)
  })

  it('go on behind the rows that were dealt with when their job was interrupted', async () => {
    const rows = Array.from({ length: 300 }, (_, at) => `Half ${at}`)
    const page = await chosen(agent, '/partners', 'half.csv', `name\n${rows.join('\n')}\n`)
    await press(agent, page, 'import')
    const { id } = (await system.records.find(ImportRun, { name: 'half.csv' }))!
    await system.records.update(ImportRun, id, { done: 200, created: 199, failed: 1 })
    await app.queue.drain()
    expect(countsOf(await agent.get(page.at))).toMatchObject({ created: '299', failed: '1' })
    expect(await system.records.count(Partner, { where: { name: { $contains: 'Half ' } } })).toBe(100)
  })

  it('can be stopped: what was imported stays, and no further row is read', async () => {
    const rows = Array.from({ length: 250 }, (_, at) => `Halted ${at}`)
    const page = await chosen(agent, '/partners', 'halted.csv', `name\n${rows.join('\n')}\n`)
    await press(agent, page, 'test')
    expect(wordsOf((await agent.post(page.at, { do: 'stop' }).then(() => agent.get(page.at))).html)).toContain('Columns and fields')
    await press(agent, page, 'import')
    const { id } = (await system.records.find(ImportRun, { name: 'halted.csv' }))!
    await system.records.update(ImportRun, id, { done: 200, created: 200 })
    await agent.post(page.at, { do: 'stop' })
    await app.queue.drain()
    const stopped = await agent.get(page.at)
    expect(wordsOf(stopped.html)).toMatch(/The import stopped You stopped it\. .* created 200/)
    expect(await system.records.count(Partner, { where: { name: { $contains: 'Halted ' } } })).toBe(0)
    expect((await press(agent, page, 'import')).status).toBe(409)
    expect(wordsOf((await agent.get('/my-runs')).html)).toMatch(/Import of halted\.csv: Partners Stopped 200 0 250/)
  })

  it('are forgotten at night, with what was said of them', async () => {
    const sweep = async (days: number) =>
      sweepsImports.run({}, await app.servicesFor({ door: 'job', now: new Date(Date.now() + days * 86_400_000) }))
    await sweep(2)
    expect(await system.records.count(ImportRefusal)).toBe(0)
    // What was imported is told for as long as the settings say, and no longer: file names are personal data.
    expect(await system.records.count(ImportRun)).toBeGreaterThan(0)
    await system.settings.set(importSettings, { keptDays: 30 })
    await sweep(29)
    expect(await system.records.count(ImportRun)).toBeGreaterThan(0)
    await sweep(31)
    expect(await system.records.count(ImportRun)).toBe(0)
    expect((await agent.get('/my-runs')).html).toContain('Nothing yet')
  })
})
