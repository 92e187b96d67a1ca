/** By what a list can be grouped: whatever makes groups in the database, dates by the day, week, month, quarter or year. */
import { type FieldMeta, fieldAt, type ModelMeta, makesGroups, readableField, type Screens } from '@tessera/core'
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

/** The groupings that the search declares, and the way to all others. Each choice is one level more. */
export function groupSections(reader: Reader, model: ModelMeta, screens: Screens, { state, to }: Addresses): readonly MenuSection[] {
  const declared: readonly string[] = screens.search.groups
  const items = declared
    .filter((group) => mayGroup(reader, model, group))
    .map((group): MenuItem => {
      const isChosen = state.groups.includes(group)
      const levels = isChosen ? state.groups.filter((other) => other !== group) : withLevel(state.groups, group)
      return { label: groupingName(reader, model, group), chosen: isChosen, href: to(groupedBy(levels)) }
    })
  const others = otherGroupings(reader, model, screens)
  const back = new URLSearchParams({ back: to({}) })
  const other = { label: reader.t('web.other_field'), chosen: false, href: `/${model.path}/group?${back}`, asks: true }
  return [...(items.length > 0 ? [{ items }] : []), ...(others.length > 0 ? [{ items: [other] }] : [])]
}

/** By what else a list can be grouped: every other field that he may read, dates by each grain. */
export function otherGroupings(reader: Reader, model: ModelMeta, screens: Screens): readonly string[] {
  return prepare(reader, `groupings ${model.name}`, () => {
    const declared: readonly string[] = screens.search.groups
    return [...model.fields.values()]
      .filter(
        (field) => field.name !== 'id' && field.name !== 'version' && makesGroups(field) && reader.ability.field('read', field) !== false,
      )
      .flatMap((field) => (isDate(field) ? grains.map((grain) => `${field.name}:${grain}`) : [field.name]))
      .filter((group) => !declared.includes(group))
  })
}

/** Whether the reader may have groups by it. */
export function mayGroup({ ability }: Pick<Reader, 'ability'>, model: ModelMeta, group: string): boolean {
  const path = group.split(':')[0] ?? ''
  const field = readableField(ability, model, path)
  return field !== undefined && fieldAt(model, path) !== undefined && makesGroups(field)
}

/** With one level more; the innermost goes where there is no room. */
export const withLevel = (groups: readonly string[], group: string): readonly string[] => [
  ...groups.filter((other) => other !== group).slice(0, mostLevels - 1),
  group,
]

/** Of several values of a record each makes a group: together they are more than there are records. */
export const isOverlapping = ({ field }: Pick<Level, 'field'>): boolean => field?.kind === 'many'

const isDate = (field: FieldMeta | undefined): boolean => field?.kind === 'scalar' && (field.type === 'date' || field.type === 'datetime')

/** Other levels begin closed. */
export const groupedBy = (groups: readonly string[]): Pick<ListState, 'groups' | 'open' | 'leafed'> => ({
  groups,
  open: [],
  leafed: new Map(),
})
