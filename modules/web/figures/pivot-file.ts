/** A pivot as it is shown, as a workbook: a column for each level of rows, so that it can be filtered there. */
import type { GroupRow, ModelMeta, Reply, Request } from '@tessera/core'
import { fileOf } from '../exchange/files.ts'
import type { SheetValue } from '../exchange/xlsx.ts'
import { filterOf } from '../server/export.ts'
import { isExportable, refuseExport } from '../server/export-rights.ts'
import { groupingName, type Level } from '../server/grouping.ts'
import type { Reader } from '../server/reader.ts'
import type { About } from './groups.ts'
import { measureName } from './measures.ts'
import { pivotData } from './pivot-data.ts'
import type { Line } from './pivot-lines.ts'
import { type PivotState, pivotState } from './pivot-state.ts'
import { aboutOf } from './tools.ts'

/** Only of records and fields that may be taken out; the audit log keeps who took it. */
export async function pivotFile(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  refuseExport(reader, model)
  const about: About = { ...aboutOf(reader, request, model), may: 'export' }
  const state = exportable(about, pivotState(about).state)
  const { measures } = state
  const { rows, columns, leaves, total, at } = await pivotData(about, state)
  const { q } = about.addresses.state
  const name = ({ group }: Level) => groupingName(reader, model, group)
  const measured = (label: string) => measures.map((measure) => [label, measureName(reader, model, measure)].filter(Boolean).join(': '))
  const labels = [
    ...(rows.levels.length > 0 ? rows.levels.map(name) : ['']),
    ...leaves.flatMap((leaf) => measured(labelsOf(columns.shown, leaf).join(' / '))),
    ...measured(columns.levels.length > 0 ? reader.t('web.pivot_total') : ''),
  ]
  const values = (counted: GroupRow | undefined): SheetValue[] =>
    measures.map((measure) => {
      const value = counted?.[measure]
      return typeof value === 'number' ? value : null
    })
  const width = Math.max(1, rows.levels.length)
  const padded = (texts: readonly string[]) => Array.from({ length: width }, (_, column) => texts[column] ?? null)
  const lines = [
    ...rows.shown.map((row) => [
      ...padded(labelsOf(rows.shown, row)),
      ...leaves.flatMap((leaf) => values(at(row, leaf))),
      ...values(row.counted),
    ]),
    [...padded([reader.t('web.pivot_total')]), ...leaves.flatMap((leaf) => values(leaf.counted)), ...values(total)],
  ]
  await reader.services.audit.note('export', {
    model: model.name,
    details: {
      model: model.name,
      filter: filterOf(about.addresses.state),
      columns: [...state.rows, ...state.columns].map(({ group }) => group).concat(measures),
      format: 'xlsx',
      count: lines.length,
    },
    ...(q !== '' && { personal: { words: q } }),
  })
  return fileOf(reader, model, 'xlsx', labels, once(lines))
}

function exportable({ reader: { ability }, model }: About, state: PivotState): PivotState {
  const may = ({ group }: Level) => isExportable(ability, model, group.split(':')[0] ?? '')
  const measures = state.measures.filter((measure) => measure === 'count' || isExportable(ability, model, measure.split(':')[0] ?? ''))
  return {
    ...state,
    rows: state.rows.filter(may),
    columns: state.columns.filter(may),
    measures: measures.length > 0 ? measures : ['count'],
  }
}

/** From the outermost group to the line itself. */
const labelsOf = (lines: readonly Line[], { keys }: Line): readonly string[] =>
  keys.map((_, at) => lines.find((line) => line.depth === at && line.keys.every((key, index) => key === keys[index]))?.label ?? '')

async function* once(lines: readonly (readonly SheetValue[])[]): AsyncGenerator<readonly (readonly SheetValue[])[]> {
  yield lines
}
