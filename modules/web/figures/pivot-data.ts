/** The figures of a pivot: of each line alone, of where two lines meet, and of everything. */
import type { GroupRow } from '@tessera/core'
import { isOverlapping, type Level } from '../server/grouping.ts'
import { openKey } from '../server/list-state.ts'
import { type About, keysIn, measured, mostAsked, narrowed } from './groups.ts'
import { type Line, type Lines, linesOf, narrowedTo } from './pivot-lines.ts'
import type { PivotState } from './pivot-state.ts'

export interface PivotData {
  readonly rows: Lines
  readonly columns: Lines
  /** Columns that stand for records: not those that are shown by what is within them. */
  readonly leaves: readonly Line[]
  readonly total: GroupRow | undefined
  /** What was counted where a row and a column meet; nothing where no record is. */
  at(row: Line, column: Line): GroupRow | undefined
}

const mostRows = 100
const mostColumns = 36

/** A question for each level of each side that is open, and for each pair of them. */
export async function pivotData(
  about: About,
  { rows: down, columns: across, measures, openRows, openColumns }: PivotState,
): Promise<PivotData> {
  const [rows, columns, [total]] = await Promise.all([
    linesOf(about, down, openRows, measures, mostRows),
    linesOf(about, across, openColumns, measures, mostColumns),
    measured(about, [], measures),
  ])
  const leaves = columns.shown.filter((line, at) => !line.isOpen || columns.shown[at + 1]?.depth !== line.depth + 1)
  const cells = new Map<string, GroupRow>()
  for (const ofRows of byDepth(rows.shown)) {
    for (const ofColumns of byDepth(leaves)) {
      for (const row of await meeting(about, rows, columns, ofRows, ofColumns, measures)) {
        const keys = keysIn(row, [...rows.levels.slice(0, ofRows[0]!.depth + 1), ...columns.levels.slice(0, ofColumns[0]!.depth + 1)])
        const at = ofRows[0]!.depth + 1
        cells.set(`${openKey(keys.slice(0, at))} ${openKey(keys.slice(at))}`, row)
      }
    }
  }
  return { rows, columns, leaves, total, at: (row, column) => cells.get(`${row.name} ${column.name}`) }
}

const byDepth = (lines: readonly Line[]): readonly (readonly Line[])[] => [...Map.groupBy(lines, ({ depth }) => depth).values()]

/** In as many questions as it takes that no answer is cut. */
async function meeting(
  about: About,
  rows: Lines,
  columns: Lines,
  ofRows: readonly Line[],
  ofColumns: readonly Line[],
  measures: readonly string[],
): Promise<readonly GroupRow[]> {
  const down = rows.levels.slice(0, ofRows[0]!.depth + 1)
  const across = columns.levels.slice(0, ofColumns[0]!.depth + 1)
  const isWhole = ({ levels, shown, count }: Lines, lines: readonly Line[]) =>
    levels.length > 0 && shown.length === count && lines[0]!.depth === 0 && lines.length === shown.filter(({ depth }) => depth === 0).length
  const answers: GroupRow[] = []
  for (const lot of lotsOf(down, ofRows, Math.floor(mostAsked / mostAnswered(across, ofColumns)))) {
    const within = narrowed(
      ...(lot.length === ofRows.length && isWhole(rows, lot) ? [] : [narrowedTo(about, down, lot)]),
      ...(isWhole(columns, ofColumns) ? [] : [narrowedTo(about, across, ofColumns)]),
    )
    const names = new Set(lot.map(({ name }) => name))
    const answer = await measured(about, [...down, ...across], measures, within)
    // Of levels that overlap, other lines are answered in part as well.
    answers.push(...answer.filter((row) => names.has(openKey(keysIn(row, down)))))
  }
  return answers
}

/** Lines one after the other, as many together as are answered with so many groups; each at least alone. */
function lotsOf(levels: readonly Level[], lines: readonly Line[], most: number): readonly (readonly Line[])[] {
  const lots: Line[][] = []
  for (const line of lines) {
    const last = lots.at(-1)
    if (last && mostAnswered(levels, [...last, line]) <= most) last.push(line)
    else lots.push([line])
  }
  return lots
}

/** How many groups there can be of the records of these lines: where levels overlap, whatever keys of them meet. */
function mostAnswered(levels: readonly Level[], lines: readonly Line[]): number {
  if (!levels.some(isOverlapping)) return lines.length
  return levels.reduce((product, _, at) => product * new Set(lines.map(({ keys }) => keys[at])).size, 1)
}
