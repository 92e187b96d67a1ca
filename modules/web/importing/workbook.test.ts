import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Workbook } from '@cj-tech-master/excelts'
import { parse } from 'csv-parse/sync'
import { strToU8, unzipSync, zipSync } from 'fflate'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { workbook } from '../exchange/xlsx.ts'
import { asCsv, type WorkbookLimits } from './workbook.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-workbook-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(
  content: Uint8Array,
  limits: Partial<WorkbookLimits> = { mostBytes: 1_000_000, mostRows: 1_000 },
): Promise<readonly (readonly string[])[]> {
  const path = join(folder, 'book.xlsx')
  await writeFile(path, content)
  return parse(await readFile(await asCsv(path, folder, 'book.xlsx', limits)), { relax_column_count: true, skip_empty_lines: true })
}
async function written(fill: (book: Workbook) => void): Promise<Uint8Array> {
  const book = new Workbook()
  fill(book)
  return new Uint8Array(await book.xlsx.writeBuffer())
}

it('what an export wrote is read again: texts, days, instants, numbers, truths, nothing', async () => {
  const row = ['Two, "quoted"\nlines', { day: '2024-02-29' }, { instant: new Date('2024-04-16T22:30:15Z') }, -12.5, true, null, 'مرحبا']
  async function* lots() {
    yield [row as never]
  }
  const pieces: Uint8Array[] = []
  const about = { name: 'All', columns: ['a', 'b', 'c', 'd', 'e', 'f', 'g'], zone: 'UTC', rightToLeft: false }
  for await (const piece of workbook(about, lots())) pieces.push(piece)
  expect(await read(Buffer.concat(pieces))).toEqual([
    about.columns,
    ['Two, "quoted"\nlines', '2024-02-29', '2024-04-16T22:30:15', '-12.5', 'true', '', 'مرحبا'],
  ])
})

it('formulas are their results, rich texts and links their words, times of a day themselves', async () => {
  const content = await written((book) => {
    const sheet = book.addWorksheet('One')
    sheet.addRow(['Head\nline', 'b', 'c', 'd'])
    const rich = { richText: [{ text: 'ri' }, { text: 'ch' }] }
    sheet.addRow([{ formula: '1+2', result: 3 }, rich, { text: 'site', hyperlink: 'https://example.org' }, 0.5] as never)
    sheet.getCell('D2').numFmt = 'hh:mm'
  })
  expect(await read(content)).toEqual([
    ['Head line', 'b', 'c', 'd'],
    ['3', 'rich', 'site', '12:00:00'],
  ])
})

it('the first sheet that is not hidden is read, and empty rows count', async () => {
  const content = await written((book) => {
    for (let row = 0; row < 50; row++) (book.getWorksheet('Hidden') ?? book.addWorksheet('Hidden', { state: 'hidden' })).addRow(['no'])
    const sheet = book.addWorksheet('Shown')
    sheet.getCell('A3').value = 'name'
    sheet.getCell('A6').value = 'Ann'
    book.addWorksheet('Later').addRow(['no'])
  })
  expect(await read(content)).toEqual([['name'], ['Ann']])
  expect((await readFile(join(folder, 'sheet.csv'), 'utf8')).split('\n')).toEqual(['', '', '"name"', '', '', '"Ann"', ''])
})

it('what is unpacked on the way lies beside the file, whose folder goes, and nowhere else', async () => {
  const files = unzipSync(await written((book) => void book.addWorksheet('One').addRow(['Ann'])))
  // The sheet before the texts that it refers to: it has to wait for them.
  const early = Object.entries(files).toSorted(([one], [other]) => Number(other.includes('sheet1')) - Number(one.includes('sheet1')))
  const unpacked = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('excelts-'))
  const before = await unpacked()
  for (let time = 0; time < 3; time++) expect(await read(zipSync(Object.fromEntries(early)))).toEqual([['Ann']])
  expect(await unpacked()).toEqual(before)
})

it('an archive that unpacks to more than can be held, or has too many rows, is refused before it is read', async () => {
  const bomb = zipSync({ 'xl/worksheets/sheet1.xml': new Uint8Array(5_000_000) }, { level: 9 })
  expect(bomb.length).toBeLessThan(10_000)
  await expect(read(bomb)).rejects.toMatchObject({ code: 'web.import_unpacked', status: 413 })
  const many = await written((book) => {
    const sheet = book.addWorksheet('Many')
    for (let row = 0; row < 12; row++) sheet.addRow([`row ${row}`])
  })
  await expect(read(many, { mostBytes: 1_000_000, mostRows: 10 })).rejects.toMatchObject({ code: 'web.import_too_many_rows' })
})

it('a sheet that is made to take time and memory ends with a sentence', async () => {
  const files = unzipSync(await written((book) => void book.addWorksheet('One').addRow(['a'])))
  const name = Object.keys(files).find((each) => each.endsWith('sheet1.xml'))!
  const sheet = (rows: string, before = '') =>
    zipSync({ ...files, [name]: strToU8(`<?xml version="1.0"?>${before}<worksheet><sheetData>${rows}</sheetData></worksheet>`) })
  const cell = (at: string, text: string) => `<c r="${at}" t="inlineStr"><is><t>${text}</t></is></c>`
  const wide = sheet(`<row r="1">${cell('XFD1', 'x')}</row>`)
  await expect(read(wide)).rejects.toMatchObject({ code: 'web.import_too_many_columns', status: 413 })
  const far = sheet(`<row r="1">${cell('A1', 'x')}</row><row r="900000000">${cell('A900000000', 'x')}</row>`)
  await expect(read(far)).rejects.toMatchObject({ code: 'web.import_broken_workbook' })
  const laughs = '<!DOCTYPE x [<!ENTITY a "ha ha ha ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
  await expect(read(sheet(`<row r="1">${cell('A1', '&b;')}</row>`, laughs))).rejects.toMatchObject({ code: 'web.import_broken_workbook' })
  await expect(read(wide, { mostMilliseconds: 1 })).rejects.toMatchObject({ code: 'web.import_unpacked' })
})
