/** The part of an address that says what a pivot shows, and which of its groups are open. */
import type { Level } from '../server/grouping.ts'
import { type About, levelsOf } from './groups.ts'
import { isMeasure } from './measures.ts'

export interface PivotState {
  readonly rows: readonly Level[]
  readonly columns: readonly Level[]
  readonly measures: readonly string[]
  /** Groups that show those within them, by their keys as `openKey` joins them. */
  readonly openRows: readonly string[]
  readonly openColumns: readonly string[]
}

/** Groups, measures and open lines as the address has them. */
export interface PivotAsked {
  readonly rows: readonly string[]
  readonly across: readonly string[]
  readonly measures: readonly string[]
  readonly row: readonly string[]
  readonly column: readonly string[]
}

export interface PivotAddress {
  readonly state: PivotState
  /** Without what the reader may not have. */
  readonly asked: PivotAsked
  to(change: Partial<PivotAsked>): string
}

/** Levels of rows and of columns: with more of them nobody finds his way, and each is a question. */
export const mostRowLevels = 3
export const mostColumnLevels = 2
const mostMeasures = 6
/** Open lines, of rows and of columns. */
const mostOpenLines = 40

/** As the address says, else as declared; `to` writes the address of another state. */
export function pivotState(about: About): PivotAddress {
  const { reader, model, screens, addresses } = about
  const { own } = addresses.state
  const declared = screens.pivot
  const named = (name: string, otherwise: readonly string[]) => {
    const said = own.find(([each]) => each === name)?.[1]
    return said === undefined ? otherwise : said.split(',').filter(Boolean)
  }
  const all = (name: string) => own.flatMap(([each, value]) => (each === name ? [value] : [])).slice(0, mostOpenLines)
  const rows = levelsOf(about, named('rows', declared.rows)).slice(0, mostRowLevels)
  const columns = levelsOf(about, named('across', declared.columns))
    .filter(({ group }) => !rows.some((row) => row.group === group))
    .slice(0, mostColumnLevels)
  const known = [...new Set(named('measures', declared.measures))].filter((measure) => isMeasure(reader, model, measure))
  const measures = known.length > 0 ? known.slice(0, mostMeasures) : ['count']
  const asked: PivotAsked = { rows: groupsOf(rows), across: groupsOf(columns), measures, row: all('row'), column: all('column') }
  return {
    state: { rows, columns, measures, openRows: asked.row, openColumns: asked.column },
    asked,
    to: (change) => addresses.to({ own: entriesOf({ ...asked, ...change }, declared) }),
  }
}

const groupsOf = (levels: readonly Level[]): readonly string[] => levels.map(({ group }) => group)

/** What is as declared is left out. */
function entriesOf(asked: PivotAsked, declared: About['screens']['pivot']): (readonly [string, string])[] {
  const said = (name: string, now: readonly string[], first: readonly string[]) =>
    now.join() === first.join() ? [] : [[name, now.join()] as const]
  return [
    ...said('rows', asked.rows, declared.rows),
    ...said('across', asked.across, declared.columns),
    ...said('measures', asked.measures, declared.measures),
    ...asked.row.slice(-mostOpenLines).map((key) => ['row', key] as const),
    ...asked.column.slice(-mostOpenLines).map((key) => ['column', key] as const),
  ]
}
