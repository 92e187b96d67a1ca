/** The one way to write a CSV file that a person opens. */
import { stringify } from 'csv-stringify/sync'

export type CsvValue = string | number | null

/**
 * Lines of a file. Spreadsheets run a cell that begins like a formula: those get an apostrophe. `bom` is the mark that tells old
 * ones that the file is UTF-8.
 */
export function csvLines(lines: readonly (readonly CsvValue[])[], { bom = false }: { readonly bom?: boolean } = {}): string {
  return stringify(
    lines.map((line) => [...line]),
    { escape_formulas: true, bom },
  )
}
