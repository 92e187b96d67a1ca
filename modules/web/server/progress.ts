/** How the records of each column of a board divide by a field, counted with the columns themselves. */
import { type ComposedKanban, type ModelMeta, readableField } from '@tessera/core'
import type { KanbanColumn, Tone } from '../screens.ts'
import { toneLook, toneMaker } from './cell.ts'
import { choicesOf } from './choices.ts'
import { levelOf } from './grouping.ts'
import { keyOf, labelOfGroup, placesOf } from './list-groups.ts'
import { type ListState, whereOf } from './list-state.ts'
import type { Reader } from './reader.ts'
import type { Row } from './rows.ts'
import type { Addresses } from './search-bar.ts'

type Counted = Parameters<typeof labelOfGroup>[3]

/** Of a column of the board: how many records there are in it, and of each value. */
export interface ColumnCount {
  readonly count: number
  readonly groups: readonly Counted[]
}

/** One question for all columns, whether they are divided or not. */
export async function countsOf(
  reader: Reader,
  model: ModelMeta,
  kanban: ComposedKanban,
  state: ListState,
): Promise<ReadonlyMap<string, ColumnCount>> {
  const where = whereOf(state, model, reader.app.screens(model), reader.zone)
  const divided = dividedBy(reader, model, kanban)
  const groups = (await reader.records.group(model.handle, {
    by: divided ? [kanban.by, divided.by] : [kanban.by],
    about: true,
    q: state.q || undefined,
    ...(where && { where }),
  } as never)) as readonly Counted[]
  const columns = Map.groupBy(groups, (group) => keyOf(group[kanban.by]))
  const countIn = (its: readonly Counted[]) => its.reduce((sum, { count }) => sum + Number(count), 0)
  return new Map([...columns].map(([key, its]) => [key, { count: countIn(its), groups: divided ? its : [] }]))
}

function dividedBy({ ability }: Reader, model: ModelMeta, { progress }: ComposedKanban): ComposedKanban['progress'] {
  return progress && readableField(ability, model, progress.by) ? progress : undefined
}

/** What makes the bar of a column; undefined on a board without bars. */
export async function progressMaker(
  reader: Reader,
  model: ModelMeta,
  kanban: ComposedKanban,
  { state, to }: Addresses,
): Promise<((counted: ColumnCount) => Pick<KanbanColumn, 'progress'>) | undefined> {
  const divided = dividedBy(reader, model, kanban)
  if (!divided) return undefined
  const { by, tones } = divided
  const level = levelOf(model, by)
  const tone = toneMaker(reader.ability, model, tones)
  const [records, place] = await Promise.all([
    recordsOf(
      reader,
      model,
      by,
      (tone?.needs ?? []).map((need) => need.slice(by.length + 1)),
    ),
    placesOf(reader, level),
  ])
  const values = level.field?.kind === 'scalar' ? (level.field.values ?? []) : []
  const placeOf = place ?? ((key: string) => values.indexOf(key))
  const colourOf = (key: string): { readonly tone: Tone; readonly said?: string } => {
    const name = tone?.of({ id: '', [by]: records ? (records.get(key) ?? null) : key }, reader.asking)
    return name === undefined ? { tone: 'accent' } : (toneLook(reader, name) as { readonly tone: Tone; readonly said: string })
  }
  return ({ count, groups }) => {
    if (count === 0) return {}
    const parts = groups.map((group) => {
      const key = keyOf(group[by])
      const { tone } = colourOf(key)
      const number = reader.formats.count(Number(group.count))
      const words = reader.t('web.progress_part', { count: number, name: labelOfGroup(reader, model, level, group) })
      const href = to({ facets: new Map([...state.facets, [by, [key]]]) })
      return { tone, share: Math.max((100 * Number(group.count)) / count, leastShare), words, href, at: placeOf(key) }
    })
    const whole = parts.reduce((sum, { share }) => sum + share, 0)
    const inOrder = parts.toSorted((one, other) => order.indexOf(one.tone) - order.indexOf(other.tone) || one.at - other.at)
    return { progress: inOrder.map(({ at, share, ...part }) => ({ ...part, share: (100 * share) / whole })) }
  }
}

/** What is pressing comes first. */
const order: readonly Tone[] = ['red', 'amber', 'green', 'accent', 'grey']
/** In per cent: what there is of can be seen. */
const leastShare = 2

/** The related records with what the tones ask of them; undefined where the field is no relation. */
async function recordsOf(
  reader: Reader,
  model: ModelMeta,
  by: string,
  fields: readonly string[],
): Promise<ReadonlyMap<string, Row> | undefined> {
  const field = model.fields.get(by)
  if (field?.kind !== 'one') return undefined
  const { rows } = await choicesOf(reader, field.target, undefined, fields.filter(Boolean))
  return new Map(rows.map((row) => [row.id, row]))
}
