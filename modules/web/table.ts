import { cellHtml } from './cells.ts'
import { escapeHtml, safeHref } from './html.ts'
import { iconHtml } from './icons.ts'
import type { Column, Fact, GroupRow, MoreRow, Place, Row, Table } from './screens.ts'

/** How a table is laid out; the same for every row, so it is decided once. */
export interface Layout {
  readonly title: number
  readonly cellClasses: readonly string[]
  readonly colClasses: readonly string[]
  /** Class that keeps the table from squeezing its title to nothing. */
  readonly least: string
}

const widths: Record<string, number> = {
  narrow: 24,
  boolean: 72,
  level: 92,
  badge: 124,
  person: 132,
  text: 120,
  link: 132,
  empty: 120,
  status: 144,
  tags: 160,
}
/** Characters that a column of whole values holds; the widths are in the style sheet. */
const wholeSteps = [8, 10, 12, 15, 18, 22, 27, 33, 40]
for (const step of wholeSteps) widths[`whole-${step}`] = 24 + step * 9

const leastWidths = [400, 500, 600, 700, 800, 900, 1000, 1100, 1200, 1400, 1600, 1800]
const leastTitle = 160

/** Widths, alignments and the places on a phone's card, by what the columns hold. */
export function layoutOf({ columns, body }: Pick<Table, 'columns' | 'body'>): Layout {
  const title = Math.max(
    columns.findIndex((column) => column.title),
    0,
  )
  const places = placesOf(columns, title)
  let least = leastTitle + 78
  const colClasses: string[] = []
  const cellClasses: string[] = []
  columns.forEach((column, index) => {
    const width = column.narrow ? 'narrow' : isWhole(column, body, index) ? wholeWidth(column, body, index) : column.kind
    if (index !== title) least += column.width ?? widths[width]!
    colClasses.push(index === title ? 'w-title' : column.width === undefined ? `w-${width}` : `px-${column.width}`)
    const look = [`at-${places[index]}`]
    if (index === title) look.push('title-cell')
    else if (column.code) look.push('code')
    if (column.narrow) look.push('narrow')
    if (column.kind === 'number') look.push('end')
    if (column.kind === 'status' || column.kind === 'badge') look.push(`${column.kind}-cell`)
    cellClasses.push(look.join(' '))
  })
  const step = leastWidths.find((width) => width >= least) ?? leastWidths.at(-1)
  return { title, cellClasses, colClasses, least: `least-${step}` }
}

/** `<tr>`s of a table; the hot path of a list page. */
export function rowsHtml(table: Table, layout: Layout, choose: boolean, menu: boolean, selectLabel: (name: string) => string): string {
  const span = table.columns.length + (choose ? 1 : 0) + (menu ? 1 : 0)
  const narrow = table.columns.map((column) => column.narrow === true)
  let html = ''
  let groups = 0
  for (const row of table.body) {
    if (row.is === 'row') html += rowHtml(row, layout, narrow, choose, menu, selectLabel)
    else html += row.is === 'group' ? groupHtml(row, span, groups++) : moreHtml(row, span)
  }
  return html
}

/** Codes, dates, numbers, and texts that are all telephone numbers. */
function isWhole({ code, kind }: Column, body: Table['body'], index: number): boolean {
  if (code || kind === 'date' || kind === 'number') return true
  if (kind !== 'text') return false
  let has = false
  for (const row of body) {
    const cell = row.is === 'row' ? row.cells[index] : undefined
    if (cell?.as !== 'text') continue
    if (!/^\+?[\d\s()./-]+$/.test(cell.text)) return false
    has = true
  }
  return has
}

/** They are never cut off, so the column is as wide as the longest one, and as its own name with an arrow. */
function wholeWidth({ label, kind }: Column, body: Table['body'], index: number): string {
  // Heads are smaller than values, and have an arrow; a number is not worth a head of any length.
  const head = Math.ceil(label.length * 0.8)
  let longest = kind === 'number' ? Math.min(Math.max(head, 8), 12) : head + 2
  for (const row of body) {
    const cell = row.is === 'row' ? row.cells[index] : undefined
    if (cell?.as === 'text') longest = Math.max(longest, cell.text.length)
    else if (cell?.as === 'date') longest = Math.max(longest, Math.ceil(cell.shown.length * 0.85))
    else if (cell?.as === 'number') longest = Math.max(longest, cell.shown.length)
  }
  return `whole-${wholeSteps.find((step) => step >= longest) ?? wholeSteps.at(-1)}`
}

/** A remark such as "2 overdue". */
export function factHtml({ label, value, icon, tone, href }: Fact): string {
  const words = value === undefined ? escapeHtml(label) : `<b>${escapeHtml(value)}</b> ${escapeHtml(label)}`
  const shown = `class="fact${tone ? ` ${tone}` : ''}">${icon ? iconHtml(icon, 'small') : ''}${words}`
  return href === undefined ? `<span ${shown}</span>` : `<a href="${escapeHtml(safeHref(href) ?? '#')}" ${swaps} ${shown}</a>`
}

function rowHtml(
  row: Row,
  layout: Layout,
  narrow: readonly boolean[],
  choose: boolean,
  menu: boolean,
  selectLabel: (name: string) => string,
): string {
  let html = row.muted ? '<tr class="row muted">' : '<tr class="row">'
  if (choose) {
    html += `<td class="pick-cell"><input class="pick" type="checkbox" name="id" value="${escapeHtml(row.id)}" aria-label="${escapeHtml(selectLabel(row.name))}"${row.selected ? ' checked' : ''}></td>`
  }
  const href = safeHref(row.href)
  for (let index = 0; index < row.cells.length; index++) {
    const cell = row.cells[index]!
    // A link inside the row's link is not allowed in HTML: the title column shows a relation as its name.
    if (index === layout.title && href) {
      const inner = cellHtml(cell.as === 'link' || cell.as === 'person' ? { ...cell, href: '' } : cell)
      html += `<td class="${layout.cellClasses[index]}"><a class="open" href="${escapeHtml(href)}">${inner}</a></td>`
    } else {
      html += `<td class="${layout.cellClasses[index]}">${cellHtml(cell, narrow[index])}</td>`
    }
  }
  return `${html}${menu ? '<td class="options"></td>' : ''}</tr>`
}

function groupHtml(group: GroupRow, span: number, index: number): string {
  const facts = (group.facts ?? []).map((fact) => factHtml(fact)).join('')
  const name = `${iconHtml('chevron-down', 'small')}<b>${escapeHtml(group.label)}</b>`
  const href = safeHref(group.href)
  // Opened or closed, the line stays under the pointer.
  const opener = href
    ? `<a href="${escapeHtml(href)}" id="group-${index}" data-keeps-place aria-expanded="${group.open}" hx-boost="target:'#main', swap:'outerHTML'">${name}</a>`
    : name
  return `<tr class="group depth-${Math.min(group.depth, 2)}"><td colspan="${span}"><span class="facts">${opener}<span class="muted">${escapeHtml(group.count)}</span>${facts}</span></td></tr>`
}

const swaps = `hx-boost="target:'#main', swap:'outerHTML'"`

function moreHtml({ label, href, pages }: MoreRow, span: number): string {
  const all = href
    ? `<a class="link" href="${escapeHtml(safeHref(href) ?? '#')}" ${swaps}>${escapeHtml(label)}</a>`
    : `<span class="muted">${escapeHtml(label)}</span>`
  if (!pages) return `<tr class="more"><td colspan="${span}">${all}</td></tr>`
  const step = (to: string | undefined, name: string, icon: string, which: string): string =>
    to === undefined
      ? `<span class="button bare small" aria-disabled="true">${iconHtml(icon, 'flip')}</span>`
      : `<a class="button bare small" id="${escapeHtml(`${pages.id}-${which}`)}" href="${escapeHtml(safeHref(to) ?? '#')}" aria-label="${escapeHtml(name)}" data-keeps-place ${swaps}>${iconHtml(icon, 'flip')}</a>`
  const steps = `${step(pages.previous, pages.before, 'chevron-left', 'previous')}${step(pages.next, pages.after, 'chevron-right', 'next')}`
  return `<tr class="more"><td colspan="${span}"><span class="pager"><bdi>${escapeHtml(pages.range)}</bdi><span class="buttons">${steps}</span>${all}</span></td></tr>`
}

/** Number and state on the first line, the title on the second, status and person on the third; the rest stays in the record. */
function placesOf(columns: readonly Column[], title: number): readonly Place[] {
  const taken = new Set<Place>()
  const take = (place: Place): Place => {
    if (taken.has(place)) return 'hidden'
    taken.add(place)
    return place
  }
  const places = columns.map((column, index) => {
    if (column.place) return take(column.place)
    if (index === title) return 'title'
    if (column.narrow) return 'top-start'
    if (column.code) return take('top-start')
    if (column.kind === 'badge') return take('top-end')
    if (column.kind === 'status') return take('bottom-start')
    if (column.kind === 'person') return take('bottom-end')
    return 'hidden'
  })
  // A card of title alone says too little: the next columns fill what stayed free.
  return places.map((place, index) => {
    if (place !== 'hidden' || columns[index]!.place) return place
    // Beside a number stands its date, unless something more urgent does.
    if (columns[index]!.kind === 'date' && taken.has('top-start') && !taken.has('top-end')) return take('top-end')
    const free = (['bottom-start', 'bottom-end'] as const).find((candidate) => !taken.has(candidate))
    return free ? take(free) : 'hidden'
  })
}
