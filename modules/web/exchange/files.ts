/** What goes out as a file: CSV for programs, a workbook for people. */
import { type CsvValue, csvLines, type ModelMeta, type Reply } from '@tessera/core'
import type { Reader } from '../server/reader.ts'
import { isRightToLeft } from '../server/shell.ts'
import { modelPlural } from '../server/words.ts'
import { type SheetValue, workbook, workbookType } from './xlsx.ts'

export type ExportFormat = 'csv' | 'xlsx'
type Lots = AsyncIterable<readonly (readonly SheetValue[])[]>

/** `format=xlsx` in the address; everything else is CSV. */
export function formatIn(query: URLSearchParams): ExportFormat {
  return query.get('format') === 'xlsx' ? 'xlsx' : 'csv'
}

/** A download of all lots, sent as they come. */
export function fileOf(reader: Reader, model: ModelMeta, format: ExportFormat, labels: readonly string[], lots: Lots): Reply {
  const { now, t, zone, locale } = reader
  const about = { name: modelPlural(model, t), columns: labels, zone, rightToLeft: isRightToLeft(locale) }
  return {
    kind: 'reply',
    status: 200,
    cookies: {},
    body: '',
    pieces: format === 'xlsx' ? workbook(about, lots) : csv(reader, labels, lots),
    headers: {
      'content-type': format === 'xlsx' ? workbookType : 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${model.path}-${now.toISOString().slice(0, 10)}.${format}"`,
      'cache-control': 'no-store',
    },
  }
}

async function* csv({ t }: Reader, labels: readonly string[], lots: Lots): AsyncGenerator<string> {
  const text = (value: SheetValue): CsvValue => {
    if (typeof value === 'boolean') return t(value ? 'web.yes' : 'web.no')
    if (typeof value !== 'object' || value === null) return value
    return 'day' in value ? value.day : value.instant.toISOString()
  }
  yield csvLines([labels])
  for await (const lot of lots) yield csvLines(lot.map((values) => values.map(text)))
}
