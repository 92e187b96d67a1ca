import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSheet, rowsOf } from './sheet.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-sheet-'))
})
afterAll(() => rm(folder, { recursive: true }))

const cell = fc.string({ unit: fc.constantFrom('a', 'é', '語', '"', ',', ';', '\n', '\r\n', ' ', "'"), maxLength: 8 })

test('Whatever a CSV writer writes is read back, with any delimiter, line end and byte order mark', async () => {
  const style = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t'),
    record_delimiter: fc.constantFrom('unix', 'windows'),
    bom: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell), { maxLength: 20 }), style, async (rows, about) => {
      const file = join(folder, 'any.csv')
      await writeFile(file, stringify([['one', 'two', 'three'], ...rows], { ...about, quoted_string: true }))
      const sheet = await openSheet(file)
      const read: (readonly string[])[] = []
      for await (const { cells } of rowsOf(sheet)) read.push(cells)
      const filled = rows.filter((row) => row.some((text) => text.trim() !== ''))
      expect(read).toEqual(filled)
      expect(sheet).toMatchObject({ header: ['one', 'two', 'three'], total: filled.length, delimiter: about.delimiter })
    }),
    { numRuns: 60 },
  )
})

test('Rows are numbered as a spreadsheet shows them', async () => {
  const file = join(folder, 'numbered.csv')
  await writeFile(file, 'name,text\na,"two\nlines"\n\nb,\n,\nc,\n')
  const numbers: number[] = []
  for await (const { number } of rowsOf(await openSheet(file))) numbers.push(number)
  expect(numbers).toEqual([2, 4, 6])
})

test.for([
  ['nowhere.csv', undefined, 'There is no file'],
  ['empty.csv', '', 'There is nothing in'],
  ['binary.csv', Buffer.from([0xff, 0, 0x0a, 0xd8, 0, 0x0a]), 'is no text'],
  ['open.csv', 'Name\nAnn\n"Bob\nCy\n', 'a quotation mark that opens at line'],
  ['inside.csv', 'Name\nAnn\n"Bob" the builder\n', 'line 3: a quotation mark stands in the middle of a cell.'],
] as const)('%s is refused with a sentence', async ([name, content, sentence]) => {
  const file = join(folder, name)
  if (content !== undefined) await writeFile(file, content)
  await expect(openSheet(file)).rejects.toThrow(sentence)
})

test.for([
  ['utf8.csv', Buffer.from('Name;Town\nZoë;Łódź €\n'), 'utf-8', 'Zoë', 'Łódź €'],
  ['marked.csv', Buffer.from('\ufeffName;Town\nZoë;Łódź €\n'), 'utf-8', 'Zoë', 'Łódź €'],
  ['excel-unicode.txt', Buffer.from('\ufeffName\tTown\r\nZoë\tŁódź €\r\n', 'utf16le'), 'utf-16le', 'Zoë', 'Łódź €'],
  ['big-endian.csv', Buffer.from('\ufeffName,Town\nZoë,مرحبا\n', 'utf16le').swap16(), 'utf-16be', 'Zoë', 'مرحبا'],
  ['western.csv', Buffer.from('Name;Town\nZo\xeb;K\xf6ln \x80\n', 'latin1'), 'windows-1252', 'Zoë', 'Köln €'],
] as const)('%s is read in the encoding that it was saved in', async ([name, content, encoding, person, town]) => {
  const file = join(folder, name)
  await writeFile(file, content)
  const sheet = await openSheet(file)
  expect(sheet).toMatchObject({ encoding, header: ['Name', 'Town'], total: 1 })
  for await (const { cells } of rowsOf(sheet)) expect(cells).toEqual([person, town])
})

test('An encoding that is told is taken, and what is no text in it is refused', async () => {
  const file = join(folder, 'told.csv')
  await writeFile(file, Buffer.from('Name\nAnn\nZo\xeb \xe3\n', 'latin1'))
  for await (const { cells } of rowsOf(await openSheet(file, file, 'windows-1256'))) expect(['Ann', 'Zoë م']).toContain(cells[0])
  await expect(openSheet(file, 'told.csv', 'utf-8')).rejects.toThrow('told.csv is not in UTF-8: line 3')
  await expect(openSheet(file, 'told.csv', 'utf-16le')).rejects.toThrow('told.csv is not in utf-16le')
})

test('Signs of several bytes are whole wherever a part of the file ends, in a line that never ends too', async () => {
  const file = join(folder, 'long.csv')
  for (const before of [0, 1, 2, 3]) {
    const cells = Array.from({ length: 6 }, (_, at) => `${'x'.repeat(before)}${'語é😀'.repeat(6_000)}${at}`)
    await writeFile(file, `one,two,three,four,five,six\n${cells.join(',')}`)
    for await (const row of rowsOf(await openSheet(file))) expect(row.cells).toEqual(cells)
  }
  // Refused by its size, and not after minutes of copying.
  await writeFile(file, Buffer.alloc(30_000_000, 'a'))
  await expect(openSheet(file)).rejects.toThrow('is never closed')
})
