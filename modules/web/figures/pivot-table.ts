/** The figures of a pivot as a table: heads of as many lines as there are levels, rows that open, and totals. */
import type { GroupRow } from '@tessera/core'
import type { FigureCell, PivotTable } from '../screens.ts'
import { groupingName } from '../server/grouping.ts'
import { type About, listOf } from './groups.ts'
import { measureName } from './measures.ts'
import type { PivotData } from './pivot-data.ts'
import type { Line } from './pivot-lines.ts'
import type { PivotAddress, PivotState } from './pivot-state.ts'

export function pivotTable(about: About, { state, asked, to }: PivotAddress, data: PivotData): PivotTable {
  const { reader } = about
  const { rows, columns, leaves } = data
  const { measures } = state
  const cells = (counted: GroupRow | undefined, href: () => string): FigureCell[] =>
    measures.map((measure) => cellOf(about, counted, measure, href))
  const across = (row: Line | undefined): FigureCell[] => {
    const levels = row ? rows.levels : []
    const keys = row?.keys ?? []
    const inside = leaves.flatMap((column) => {
      const href = () => listOf(about, [...levels.slice(0, keys.length), ...columns.levels], [...keys, ...column.keys])
      return cells(row ? data.at(row, column) : column.counted, href)
    })
    return [...inside, ...cells(row ? row.counted : data.total, () => listOf(about, levels, keys))]
  }
  const toggled = (open: readonly string[], { name, isOpen }: Line) => (isOpen ? open.filter((other) => other !== name) : [...open, name])
  const rowToggle = (line: Line) =>
    line.depth < rows.levels.length - 1 ? { toggle: { href: to({ row: toggled(asked.row, line) }), open: line.isOpen } } : {}
  return {
    head: headOf(about, state, data, (line) => to({ column: toggled(asked.column, line) })),
    lines: rows.shown.map((line) => ({ label: line.label, depth: line.depth, ...rowToggle(line), cells: across(line) })),
    total: { label: reader.t('web.pivot_total'), cells: across(undefined) },
  }
}

function cellOf({ reader: { formats } }: About, counted: GroupRow | undefined, measure: string, href: () => string): FigureCell {
  const value = counted?.[measure]
  return typeof value === 'number' ? { value: formats.number(value), href: href() } : {}
}

/** One line of heads for each level that is shown; what has nothing within it goes down to the last. */
function headOf(
  { reader, model }: About,
  { measures }: PivotState,
  { rows, columns, leaves }: PivotData,
  toggle: (line: Line) => string,
): PivotTable['head'] {
  const span = measures.length
  const depth = Math.max(0, ...leaves.map((line) => line.depth)) + 1
  const corner = { label: rows.levels.map(({ group }) => groupingName(reader, model, group)).join(' / '), across: 1, corner: true }
  const ofMeasures = measures.map((measure) => ({ label: measureName(reader, model, measure), across: 1, down: 1 }))
  if (leaves.length === 0) return [[{ ...corner, down: 1 }, ...ofMeasures]]
  const isWithin = (inner: Line, { keys }: Line) => keys.every((key, at) => inner.keys[at] === key)
  const ofLine = (line: Line): PivotHead => {
    const isLeaf = leaves.includes(line)
    return {
      label: line.label,
      across: span * (isLeaf ? 1 : leaves.filter((leaf) => isWithin(leaf, line)).length),
      down: isLeaf ? depth - line.depth : 1,
      ...(line.depth < columns.levels.length - 1 && { toggle: { href: toggle(line), open: line.isOpen } }),
    }
  }
  const lines = Array.from({ length: depth }, (_, at) => columns.shown.filter((line) => line.depth === at).map(ofLine))
  const first = [
    { ...corner, down: depth + (span > 1 ? 1 : 0) },
    ...lines[0]!,
    { label: reader.t('web.pivot_total'), across: span, down: depth },
  ]
  return [first, ...lines.slice(1), ...(span > 1 ? [Array.from({ length: leaves.length + 1 }, () => ofMeasures).flat()] : [])]
}

type PivotHead = PivotTable['head'][number][number]
