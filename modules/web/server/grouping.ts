/** By what a list can be grouped: whatever has one value in the database, dates by the day, week, month, quarter or year. */
import { type FieldMeta, fieldAt, type ModelMeta, readableField, type Screens } from '@tessera/core'
import type { MenuItem, MenuSection } from '../screens.ts'
import { type ListState, mostLevels } from './list-state.ts'
import { prepare, type Reader } from './reader.ts'
import type { Addresses } from './search-bar.ts'
import { groupingLabel, pathLabel } from './words.ts'

const grains = ['day', 'week', 'month', 'quarter', 'year'] as const

/** One level of groups. */
export interface Level {
  /** `type`, `partner.city`, `createdAt:month`. */
  readonly group: string
  readonly grain: string | undefined
  readonly field: FieldMeta | undefined
}

/** A date that is asked for without a grain is grouped by the day: instants are all different. */
export function levelOf(model: ModelMeta, asked: string): Level {
  const [path = '', named] = asked.split(':')
  const field = fieldAt(model, path)
  const grain = named ?? (isDate(field) ? 'day' : undefined)
  return { group: grain === undefined ? path : `${path}:${grain}`, grain, field }
}

/** "Created by month" as the search calls it, else the field and its grain. */
export function groupingName({ app, t }: Pick<Reader, 'app' | 't'>, model: ModelMeta, group: string): string {
  const declared: readonly string[] = app.screens(model).search.groups
  if (declared.includes(group)) return groupingLabel(model, group, t)
  const [path = '', grain] = group.split(':')
  const label = pathLabel(model, path, t)
  return grain === undefined ? label : t('web.by_grain', { name: label, grain: t(`web.grain_${grain}`) })
}

/** The groupings that the search declares, and behind them those of every other field. Each choice is one level more. */
export function groupSections(reader: Reader, model: ModelMeta, screens: Screens, addresses: Addresses): readonly MenuSection[] {
  const declared: readonly string[] = screens.search.groups
  const shown = declared.filter((group) => isGroupable(readableField(reader.ability, model, group.split(':')[0] ?? '')))
  const others = prepare(reader, `groupings ${model.name}`, () => furtherGroupings(reader, model, declared))
  const items = (groups: readonly string[]) => groups.map((group) => itemOf(reader, model, group, addresses))
  return [
    ...(shown.length > 0 ? [{ items: items(shown) }] : []),
    ...(others.length > 0 ? [{ label: reader.t('web.other_fields'), folded: true, items: items(others) }] : []),
  ]
}

export function isGroupable(field: FieldMeta | undefined): boolean {
  if (!field || field.kind === 'many') return false
  if (field.kind === 'one') return true
  if (field.type === 'json' || field.type === 'texts' || field.type === 'text') return false
  return field.column !== undefined || field.sql !== undefined || field.from !== undefined
}

const isDate = (field: FieldMeta | undefined): boolean => field?.kind === 'scalar' && (field.type === 'date' || field.type === 'datetime')

/** Every other field by which one can group, dates by each grain. */
export function furtherGroupings({ ability }: Pick<Reader, 'ability'>, model: ModelMeta, declared: readonly string[]): readonly string[] {
  return [...model.fields.values()]
    .filter((field) => field.name !== 'id' && field.name !== 'version' && isGroupable(field) && ability.field('read', field) !== false)
    .flatMap((field) => (isDate(field) ? grains.map((grain) => `${field.name}:${grain}`) : [field.name]))
    .filter((group) => !declared.includes(group))
}

function itemOf(reader: Reader, model: ModelMeta, group: string, { state, to }: Addresses): MenuItem {
  const isChosen = state.groups.includes(group)
  const others = state.groups.filter((other) => other !== group)
  return {
    label: groupingName(reader, model, group),
    chosen: isChosen,
    href: to(groupedBy(isChosen ? others : [...others.slice(0, mostLevels - 1), group])),
  }
}

/** Other levels begin closed. */
export const groupedBy = (groups: readonly string[]): Pick<ListState, 'groups' | 'open' | 'leafed'> => ({
  groups,
  open: [],
  leafed: new Map(),
})
