import { type HistoryEntry as Entry, labelOf, type ModelMeta } from '@tessera/core'
import { initialsOf, toneOf } from '../person.ts'
import type { Change, History, HistoryDay, HistoryEntry } from '../screens.ts'
import type { Reader } from './reader.ts'
import { inSentence, modelLabel, shortened, valueInWords } from './words.ts'

export const fewEntries = 60
export const mostEntries = 500

/** What happened to a record, newest first; `all` is the address that shows older entries too. */
export async function historyOf(reader: Reader, model: ModelMeta, id: string, all: string | undefined): Promise<History> {
  const { entries, isMore } = await changesOf(reader, model, id, all === undefined)
  return { days: daysOf(reader, entries), ...(isMore && all !== undefined && { more: all }) }
}

/** One entry with its instant, by which it finds its place. */
export interface Happening {
  readonly at: Date
  readonly entry: HistoryEntry
}

/** The changes of a record, newest first: the latest few, or as many as a page holds. */
export async function changesOf(
  reader: Reader,
  model: ModelMeta,
  id: string,
  isAll: boolean,
): Promise<{ readonly entries: readonly Happening[]; readonly isMore: boolean }> {
  const limit = isAll ? mostEntries : fewEntries
  const rows = await reader.records.history(model.handle, id, limit + 1)
  const entries = changesTogether(rows.slice(0, limit)).flatMap((together): Happening[] => {
    const [first] = together
    return first ? [{ at: first.at, entry: entryOf(reader, model, together) }] : []
  })
  return { entries, isMore: rows.length > limit }
}

/** Under the head of its day, in the order in which they come. */
export function daysOf({ formats, now }: Reader, happenings: readonly Happening[]): readonly HistoryDay[] {
  const days = new Map<string, HistoryEntry[]>()
  for (const { at, entry } of happenings) {
    const label = formats.dayHead(at, now)
    const day = days.get(label) ?? []
    days.set(label, day)
    day.push(entry)
  }
  return [...days].map(([label, entries]) => ({ label, entries }))
}

/** Fields that were written in one go. */
function changesTogether(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const groups: Entry[][] = []
  for (const entry of entries) {
    const last = groups.at(-1)
    const same = last?.[0]
    const belongs =
      same &&
      same.at.getTime() === entry.at.getTime() &&
      same.actor?.id === entry.actor?.id &&
      same.door === entry.door &&
      (same.field === null) === (entry.field === null)
    if (belongs) last.push(entry)
    else groups.push([entry])
  }
  return groups
}

function entryOf(reader: Reader, model: ModelMeta, together: readonly Entry[]): HistoryEntry {
  const { formats, t } = reader
  const first = together[0]!
  const name = first.actor?.label
  return {
    is: first.field === null ? 'created' : 'changed',
    // Nobody's deed begins with the verb.
    text: verbOf(together, name !== undefined, inSentence(modelLabel(model, t)), t),
    ...(name !== undefined && { who: { name, initials: initialsOf(name), avatar: toneOf(name) } }),
    at: { iso: first.at.toISOString(), shown: formats.time(first.at), title: formats.exact(first.at) },
    ...(first.door !== 'web' && { door: doorInWords(first.door, t) }),
    changes: first.field === null ? [] : together.map((entry) => changeOf(reader, model, entry)),
  }
}

function verbOf(together: readonly Entry[], isSomebodys: boolean, noun: string, t: Reader['t']): string {
  if (together[0]?.field === null) return t(isSomebodys ? 'web.created' : 'web.was_created', { noun })
  if (together.every(({ old }) => old === null)) return t(isSomebodys ? 'web.set' : 'web.was_set')
  return t(isSomebodys ? 'web.changed' : 'web.was_changed')
}

function changeOf(reader: Reader, model: ModelMeta, { field: name, label, old, new: now }: Entry): Change {
  const field = name === null ? undefined : model.fields.get(name)
  const [before, after] = [valueInWords(reader, field, old), valueInWords(reader, field, now)]
  return {
    field: field ? labelOf(field, reader.t) : (label ?? ''),
    ...(before !== undefined && { old: shortened(before, longestValue) }),
    ...(after !== undefined && { new: shortened(after, longestValue) }),
  }
}

/** Whoever needs the whole of a long text finds it in the record; here it is one change among others. */
const longestValue = 160

function doorInWords(door: string, t: Reader['t']): string {
  const code = `web.door_${door}`
  const words = t(code)
  return words === code ? door : words
}
