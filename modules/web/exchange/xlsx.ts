/**
 * A workbook as it is sent: rows go in, pieces of the file come out, and nothing of it is kept. Office Open XML, ECMA-376 part 1
 * (SpreadsheetML) in the packaging of part 2; see docs/decisions for why it is written by hand.
 */
import { strToU8, Zip, ZipDeflate } from 'fflate'

/** What a cell holds. An `instant` is shown as the clocks of `zone` show it, since spreadsheets know no zones; a day is `2024-04-16`. */
export type SheetValue = string | number | boolean | null | { readonly instant: Date } | { readonly day: string }

export interface SheetAbout {
  /** What the sheet is called: letters that a spreadsheet does not take become spaces, and 31 is the most. */
  readonly name: string
  readonly columns: readonly string[]
  readonly zone: string
  /** The first column stands at the right. */
  readonly rightToLeft: boolean
}

/** Rows come in lots. More than a sheet takes (1,048,576) go on in another one. */
export async function* workbook(about: SheetAbout, lots: AsyncIterable<readonly (readonly SheetValue[])[]>): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = []
  const zip = new Zip((error, piece) => {
    if (error) throw error
    pieces.push(piece)
  })
  const clock = clockOf(about.zone)
  let sheets = 0
  let row = 0
  let sheet = begun()
  function begun(): ZipDeflate {
    sheets += 1
    const file = new ZipDeflate(`xl/worksheets/sheet${sheets}.xml`, { level: 6 })
    zip.add(file)
    file.push(strToU8(sheetHead(about)))
    file.push(strToU8(line(1, about.columns, clock, boldStyle)))
    row = 1
    return file
  }
  const end = (file: ZipDeflate): void => file.push(strToU8(sheetFoot), true)
  for await (const rows of lots) {
    let text = ''
    for (const values of rows) {
      if (row === mostRows) {
        sheet.push(strToU8(text))
        text = ''
        end(sheet)
        sheet = begun()
      }
      row += 1
      text += line(row, values, clock)
    }
    if (text !== '') sheet.push(strToU8(text))
    yield* pieces.splice(0)
  }
  end(sheet)
  for (const [path, text] of parts(sheetName(about.name), sheets)) {
    const file = new ZipDeflate(path, { level: 6 })
    zip.add(file)
    file.push(strToU8(text), true)
  }
  zip.end()
  yield* pieces.splice(0)
}

export const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const mostRows = 1_048_576
/** No spreadsheet takes a longer text in one cell. */
const longest = 32_767

const [plainStyle, boldStyle, dayStyle, instantStyle] = [0, 1, 2, 3]
type Clock = (instant: Date) => number

function line(row: number, values: readonly SheetValue[], clock: Clock, style = plainStyle): string {
  return `<row r="${row}">${values.map((value, at) => cell(`${letters(at)}${row}`, value, clock, style)).join('')}</row>`
}

function cell(at: string, value: SheetValue, clock: Clock, style: number): string {
  if (value === null || value === '') return ''
  if (typeof value === 'number') return Number.isFinite(value) ? `<c r="${at}"><v>${value}</v></c>` : ''
  if (typeof value === 'boolean') return `<c r="${at}" t="b"><v>${value ? 1 : 0}</v></c>`
  if (typeof value === 'string') {
    const text = value.length > longest ? `${value.slice(0, longest - 1)}…` : value
    return `<c r="${at}" t="inlineStr"${style === plainStyle ? '' : ` s="${style}"`}><is><t xml:space="preserve">${escaped(text)}</t></is></c>`
  }
  if ('day' in value) return `<c r="${at}" s="${dayStyle}"><v>${serial(Date.parse(`${value.day}T00:00:00Z`))}</v></c>`
  return `<c r="${at}" s="${instantStyle}"><v>${clock(value.instant)}</v></c>`
}

/** Days since the last of 1899, as spreadsheets count from March 1900 on. */
function serial(ms: number): number {
  return Math.round((ms / dayMs + daysTo1970) * 1e9) / 1e9
}
const dayMs = 86_400_000
const daysTo1970 = 25_569

function clockOf(zone: string): Clock {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  return (instant) => serial(Date.parse(`${format.format(instant).replace(' ', 'T')}Z`))
}

/** 0 -> A, 25 -> Z, 26 -> AA. */
function letters(at: number): string {
  return (at >= 26 ? letters(Math.floor(at / 26) - 1) : '') + String.fromCharCode(65 + (at % 26))
}

/** XML has no place for control characters, not even escaped. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function sheetName(name: string): string {
  return (
    name
      .replace(/[[\]:*?/\\]/g, ' ')
      .replace(/^'+|'+$/g, '')
      .trim()
      .slice(0, 28) || 'Sheet'
  )
}

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packaged = 'http://schemas.openxmlformats.org/package/2006'

/** The line of headings stays in sight. */
function sheetHead({ rightToLeft, columns }: SheetAbout): string {
  const widths = columns.map(
    (label, at) => `<col min="${at + 1}" max="${at + 1}" width="${Math.min(40, Math.max(14, label.length + 4))}" customWidth="1"/>`,
  )
  return `${xml}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"${rightToLeft ? ' rightToLeft="1"' : ''}><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData>`
}
const sheetFoot = '</sheetData></worksheet>'

function* parts(name: string, sheets: number): Generator<readonly [path: string, text: string]> {
  const all = Array.from({ length: sheets }, (_, at) => at + 1)
  yield [
    '[Content_Types].xml',
    `${xml}<Types xmlns="${packaged}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${workbookType}.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>${all.map((at) => `<Override PartName="/xl/worksheets/sheet${at}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`).join('')}</Types>`,
  ]
  yield ['_rels/.rels', relationships([['rId1', 'officeDocument', 'xl/workbook.xml']])]
  yield [
    'xl/workbook.xml',
    `${xml}<workbook xmlns="${main}" xmlns:r="${relations}"><sheets>${all.map((at) => `<sheet name="${escaped(at === 1 ? name : `${name} ${at}`)}" sheetId="${at}" r:id="rId${at}"/>`).join('')}</sheets></workbook>`,
  ]
  yield [
    'xl/_rels/workbook.xml.rels',
    relationships([
      ...all.map((at) => [`rId${at}`, 'worksheet', `worksheets/sheet${at}.xml`] as const),
      [`rId${sheets + 1}`, 'styles', 'styles.xml'],
    ]),
  ]
  yield ['xl/styles.xml', styles]
}

function relationships(of: readonly (readonly [id: string, type: string, target: string])[]): string {
  return `${xml}<Relationships xmlns="${packaged}/relationships">${of.map(([id, type, target]) => `<Relationship Id="${id}" Type="${relations}/${type}" Target="${target}"/>`).join('')}</Relationships>`
}

/** Plain, bold, day, instant, in this order. */
const styles = `${xml}<styleSheet xmlns="${main}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`
