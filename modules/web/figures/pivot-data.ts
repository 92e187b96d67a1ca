/** The figures of a pivot: of each line alone, of where two lines meet, and of everything. */
import type { GroupRow } from '@tessera/core'
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
  const lot = Math.max(1, Math.floor(mostAsked / ofColumns.length))
  const isWhole = ({ levels, shown, count }: Lines, lines: readonly Line[]) =>
    levels.length > 0 && shown.length === count && lines[0]!.depth === 0 && lines.length === shown.filter(({ depth }) => depth === 0).length
  const answers: GroupRow[] = []
  for (let from = 0; from < ofRows.length; from += lot) {
    const some = ofRows.slice(from, from + lot)
    const within = narrowed(
      ...(some.length === ofRows.length && isWhole(rows, some) ? [] : [narrowedTo(about, down, some)]),
      ...(isWhole(columns, ofColumns) ? [] : [narrowedTo(about, across, ofColumns)]),
    )
    answers.push(...(await measured(about, [...down, ...across], measures, within)))
  }
  return answers
}
