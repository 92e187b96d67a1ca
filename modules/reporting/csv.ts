import { type CsvValue, csvLines, html, type Reply, type Services } from '@tessera/core'

/** A small file, all at once; the mark at its start tells old spreadsheets that it is UTF-8. The audit log keeps who took it. */
export async function csvFile(
  { audit }: Services,
  report: string,
  { first, last }: { readonly first: string; readonly last: string },
  lines: readonly (readonly CsvValue[])[],
): Promise<Reply> {
  await audit.note('export', { details: { change: 'report', report, first, last, count: lines.length } })
  return html(csvLines(lines, { bom: true }), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${report}-${first}-${last}.csv"`,
    },
  })
}
