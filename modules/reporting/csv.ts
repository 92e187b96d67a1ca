import { html, type Reply } from '@tessera/core'
import { stringify } from 'csv-stringify/sync'

/** Spreadsheets run a cell that begins like a formula: those get an apostrophe. The mark at the start tells them that it is UTF-8. */
export function csvFile(name: string, lines: readonly (readonly (string | number | null)[])[]): Reply {
  const csv = stringify(
    lines.map((line) => [...line]),
    { escape_formulas: true, bom: true },
  )
  return html(csv, {
    headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${name}.csv"` },
  })
}
