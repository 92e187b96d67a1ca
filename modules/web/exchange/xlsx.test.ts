import { Workbook } from '@cj-tech-master/excelts'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type SheetAbout, type SheetValue, workbook } from './xlsx.ts'

const about: SheetAbout = { name: 'Tickets', columns: ['A', 'B', 'C'], zone: 'UTC', rightToLeft: false }

/** The cells below the headings, as another library reads the file. */
async function readBack(lots: readonly (readonly (readonly SheetValue[])[])[], more: Partial<SheetAbout> = {}): Promise<unknown[][]> {
  const pieces: Uint8Array[] = []
  for await (const piece of workbook({ ...about, ...more }, lotsOf(lots))) pieces.push(piece)
  const book = new Workbook()
  await book.xlsx.load(Buffer.concat(pieces))
  const rows: unknown[][] = []
  book.worksheets[0]!.eachRow({ includeEmpty: true }, (row, number) => {
    if (number > 1) rows.push(Array.from({ length: 3 }, (_, at) => row.getCell(at + 1).value))
  })
  return rows
}
async function* lotsOf<T>(lots: readonly T[]): AsyncGenerator<T> {
  yield* lots
}

it('another program reads what was written: texts of any letters, numbers and truths', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map((each) => `x${each}`)
  const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.tuple(value, value, value), { maxLength: 5 }), { maxLength: 4 }), async (lots) => {
      const written = lots.flat().map((row) => row.map((each) => (typeof each === 'string' ? each.replace(/\r\n?/g, '\n') : each)))
      expect(await readBack(lots)).toEqual(written)
    }),
    { numRuns: 60 },
  )
})

it('control characters, which XML has no place for, are left out, and a text that looks like a formula stays a text', async () => {
  expect(await readBack([[['a\u0000b\u001Fc', '=1+1', '<&>"']]])).toEqual([['abc', '=1+1', '<&>"']])
})

it('an instant is what the clocks of the reader show, a day stays the day', async () => {
  const instant = { instant: new Date('2024-04-16T22:30:15Z') }
  const [row] = await readBack([[[instant, { day: '2024-02-29' }, null]]], { zone: 'Asia/Kathmandu' })
  expect(row!.map((each) => (each instanceof Date ? each.toISOString() : each))).toEqual([
    '2024-04-17T04:15:15.000Z',
    '2024-02-29T00:00:00.000Z',
    null,
  ])
})
