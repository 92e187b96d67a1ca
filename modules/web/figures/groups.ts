/** What pivots and charts ask of the groups of a model, and where each of them leads. */
import type { GroupRow, ModelMeta, Screens } from '@tessera/core'
import type { MenuSection } from '../screens.ts'
import { groupingName, type Level, levelOf, mayGroup, otherGroupings } from '../server/grouping.ts'
import { keyOf, labelOfGroup, onlyOf, placesOf } from '../server/list-groups.ts'
import { facetWhere, narrowedTo, whereOf } from '../server/list-state.ts'
import type { Reader } from '../server/reader.ts'
import type { Addresses } from '../server/search-bar.ts'

/** Whose records are counted: those that the address of a view finds. */
export interface About {
  readonly reader: Reader
  readonly model: ModelMeta
  readonly screens: Screens
  readonly addresses: Addresses
  /** Only of records to which this may be done as well. */
  readonly may?: string
}

/** One group: the keys of those around it and its own, and what it is called. */
export interface Group {
  readonly keys: readonly string[]
  readonly label: string
}

/** Groups that one question gives at most. */
export const mostAsked = 1_000

/** What narrows a question further than the address: conditions of the records, and of groups that overlap those that are meant. */
export interface Narrowed {
  readonly within: readonly object[]
  readonly only: Readonly<Record<string, readonly string[]>>
}
const everything: Narrowed = { within: [], only: {} }

export const narrowed = (...all: readonly Narrowed[]): Narrowed => ({
  within: all.flatMap(({ within }) => within),
  only: Object.assign({}, ...all.map(({ only }) => only)),
})

/** Measures by the groups of `levels`. Async, so that an address that cannot be read is refused as all else is, among several that are asked together. */
export async function measured(
  { reader, model, screens, addresses: { state }, may }: About,
  levels: readonly Level[],
  measures: readonly string[],
  { within, only }: Narrowed = everything,
): Promise<readonly GroupRow[]> {
  const asked = whereOf(state, model, screens, reader.zone)
  const all = [...(asked ? [asked] : []), ...within]
  const ask = {
    by: levels.map(({ group }) => group),
    only,
    // A file is taken away and computed with.
    about: may === undefined,
    measures: [...new Set(['count', ...measures])],
    q: state.q || undefined,
    ...(all.length > 0 && { where: { $and: all } }),
    ...(may !== undefined && { may }),
  }
  return reader.records.group(model.handle, ask as never)
}

/** The groups of a level. Of days there may be more than one answer holds: then they are those of the latest two years. */
export async function outermost(
  about: About,
  level: Level,
  measures: readonly string[],
): Promise<{ readonly rows: readonly GroupRow[]; readonly isCut: boolean }> {
  const rows = await measured(about, [level], measures)
  if (rows.length < mostAsked || level.grain === undefined) return { rows, isCut: rows.length >= mostAsked }
  const year = levelOf(about.model, `${level.group.split(':')[0]}:year`)
  const years = (await measured(about, [year], [])).map((row) => keyOf(row[year.group])).filter(Boolean)
  return { rows: await measured(about, [level], measures, ofKeys(about, year, years.slice(-2))), isCut: true }
}

export const keysIn = (row: GroupRow, levels: readonly Level[]): readonly string[] => levels.map(({ group }) => keyOf(row[group]))

/** The groups of the last of `levels` in rows, in the order in which people know them. */
export async function groupsIn({ reader, model }: About, levels: readonly Level[], rows: readonly GroupRow[]): Promise<readonly Group[]> {
  const last = levels.at(-1)!
  const found = new Map<string, Group>()
  for (const row of rows) {
    const keys = keysIn(row, levels)
    const name = keys.join('\n')
    if (!found.has(name)) found.set(name, { keys, label: labelOfGroup(reader, model, last, row) })
  }
  const place = (await placesOf(reader, last)) ?? orderOfValues(last)
  const groups = [...found.values()]
  return place ? groups.toSorted((a, b) => place(a.keys.at(-1)!) - place(b.keys.at(-1)!)) : groups
}

/** An enum's values stand as they are declared. */
function orderOfValues({ field }: Level): ((key: string) => number) | undefined {
  const values = field?.kind === 'scalar' && field.type === 'enum' ? field.values : undefined
  return values && ((key) => (values.includes(key) ? values.indexOf(key) : values.length))
}

/** Exactly these keys of a level. */
export const ofKeys = (about: About, level: Level, keys: readonly string[]): Narrowed => ({
  within: [whereKeys(about, level, keys)],
  only: onlyOf(
    [level],
    keys.map((key) => [key]),
  ),
})

export const whereKeys = ({ reader, model }: About, { group }: Level, keys: readonly string[]): object =>
  facetWhere(model, group, keys, reader.zone)

/** The list of exactly the records of a group, or of where two groups meet. */
export function listOf({ reader, model, addresses: { state, to } }: About, levels: readonly Level[], keys: readonly string[]): string {
  const chosen = keys.map((key, at) => [levels[at]!.group, key] as const)
  return to({ view: 'list', groups: [], ...narrowedTo(state, model, chosen, reader.zone) })
}

/** Of those named the ones that the reader may have, each once. */
export function levelsOf({ reader, model }: Pick<About, 'reader' | 'model'>, groups: readonly string[]): readonly Level[] {
  const levels = groups.map((group) => levelOf(model, group)).filter(({ group }) => mayGroup(reader, model, group))
  return levels.filter(({ group }, at) => levels.findIndex((other) => other.group === group) === at)
}

/** The groupings that the search declares, behind them all others, for a menu. */
export function groupingSections(
  { reader, model, screens }: About,
  chosen: readonly string[],
  href: (group: string) => string,
): readonly MenuSection[] {
  const declared = screens.search.groups.map(String).filter((group) => mayGroup(reader, model, group))
  const others = otherGroupings(reader, model, screens)
  const items = (groups: readonly string[]) =>
    groups.map((group) => ({ label: groupingName(reader, model, group), href: href(group), chosen: chosen.includes(group) }))
  const beyond = chosen.filter((group) => !declared.includes(group) && !others.includes(group))
  return [
    ...(declared.length + beyond.length > 0 ? [{ items: items([...declared, ...beyond]) }] : []),
    ...(others.length > 0 ? [{ label: reader.t('web.other_fields'), folded: true, items: items(others) }] : []),
  ]
}
