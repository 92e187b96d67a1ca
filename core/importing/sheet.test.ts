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
  ['latin.csv', Buffer.from('Name\nAnn\nZo\xeb\n', 'latin1'), 'is not in UTF-8: line 3'],
  ['wide.csv', Buffer.from('\ufeffName\nAnn\n', 'utf16le'), 'is not in UTF-8: line 1'],
  ['open.csv', 'Name\nAnn\n"Bob\nCy\n', 'a quotation mark that opens at line'],
  ['inside.csv', 'Name\nAnn\n"Bob" the builder\n', 'line 3: a quotation mark stands in the middle of a cell.'],
] as const)('%s is refused with a sentence', async ([name, content, sentence]) => {
  const file = join(folder, name)
  if (content !== undefined) await writeFile(file, content)
  await expect(openSheet(file)).rejects.toThrow(sentence)
})
