/** The builder's fields as a form sends them, taken apart: `<name>.join`, `<name>.0.field`, `<name>.1.0.value`. */
import type { ModelMeta, Request } from '@tessera/core'
import { typedIn } from '../server/body.ts'
import { type BuilderNode, deepest, type Group, modelIn, type Row, type Some } from './nodes.ts'
import { isAboutRelated, isToMany, operatorsOf, takenBy } from './operators.ts'

/** The fields of a form by name, each with its texts. */
export type Form = URLSearchParams | ReadonlyMap<string, readonly string[]>

/** What a button of the builder asks for; everything else of the form is only shown again. */
export type BuilderChange = 'add' | 'group' | 'remove' | 'update' | 'count'

export interface Sent {
  readonly group: Group
  readonly change: BuilderChange | undefined
  /** The place that the change is about: `1.0`; '' for the whole. */
  readonly at: string
}

/** Undefined when the form has no builder of this name. */
export function sentIn(model: ModelMeta, name: string, form: Form): Sent | undefined {
  const texts = (key: string): readonly string[] => (form instanceof URLSearchParams ? form.getAll(key) : (form.get(key) ?? []))
  const join = texts(`${name}.join`).at(-1)
  if (join === undefined) return undefined
  const places = placesIn(name, form)
  const nodeAt = (about: ModelMeta, place: string, level: number): BuilderNode[] => {
    const at = `${name}.${place}`
    const json = texts(`${at}.json`).at(-1)
    if (json !== undefined) return [{ is: 'raw', json }]
    const inner = texts(`${at}.join`).at(-1)
    if (inner !== undefined) {
      if (level > deepest) return []
      const some = someIn(about, texts(`${at}.some`).at(-1))
      return [
        { is: 'group', ...(some && { some }), join: joined(inner), of: within(some ? modelIn(about, { some }) : about, place, level) },
      ]
    }
    const sent = [`${at}.field`, `${at}.op`, `${at}.of`, `${at}.find`].map((key) => texts(key).at(-1))
    const row = fitting(about, { path: sent[0], operator: sent[1], before: sent[2], find: sent[3] }, texts(`${at}.value`))
    // "Has one that …" becomes a group of rows about the related records.
    if (!isAboutRelated(row.operator) || level > deepest) return [row]
    return [{ is: 'group', some: { path: row.path, none: row.operator === 'none' }, join: 'all', of: [emptyRow] }]
  }
  const within = (about: ModelMeta, place: string, level: number): BuilderNode[] =>
    (places.get(place) ?? []).flatMap((at) => nodeAt(about, place === '' ? String(at) : `${place}.${at}`, level + 1))
  const [, change, at = ''] = /^(add|group|remove|update|count):?([\d.]*)$/.exec(texts(`${name}.change`).at(-1) ?? '') ?? []
  return { group: { is: 'group', join: joined(join), of: within(model, '', 1) }, change: change as BuilderChange | undefined, at }
}

/** What was sent, with what the button asks for. */
export function changed({ group, change, at }: Sent): Group {
  const place = at.split('.').filter(Boolean).map(Number)
  if (change === 'add') return into(group, place, emptyRow)
  if (change === 'group') return into(group, place, { is: 'group', join: group.join === 'all' ? 'any' : 'all', of: [emptyRow] })
  return change === 'remove' && place.length > 0 ? without(group, place) : group
}

export function formOf({ body }: Pick<Request, 'body'>): Form {
  return typedIn({ body })
}

const emptyRow: Row = { is: 'row', path: '', operator: '', texts: [] }

/** Rows of one builder altogether: no page has more. */
const most = 100

/** By place of a group, the numbers of what is in it, in order. */
function placesIn(name: string, form: Form): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  let rows = 0
  for (const key of form.keys()) {
    if (!key.startsWith(`${name}.`)) continue
    const steps = /^((?:\d{1,4}\.)+)(?:field|join|json)$/
      .exec(key.slice(name.length + 1))?.[1]
      ?.slice(0, -1)
      .split('.')
    if (!steps || steps.length > deepest || ++rows > most) continue
    const parent = steps.slice(0, -1).join('.')
    const known = places.get(parent) ?? []
    const at = Number(steps.at(-1))
    if (!known.includes(at))
      places.set(
        parent,
        [...known, at].sort((a, b) => a - b),
      )
  }
  return places
}

const joined = (text: string): Group['join'] => (text === 'any' ? 'any' : 'all')

/** `tags`, or `!tags` for "none of them"; undefined for what leads to no related records. */
function someIn(model: ModelMeta, text: string | undefined): Some | undefined {
  const path = text?.replace(/^!/, '')
  return path !== undefined && isToMany(model, path) ? { path, none: path !== text } : undefined
}

interface SentRow {
  readonly path: string | undefined
  readonly operator: string | undefined
  /** The field that the value was typed for. */
  readonly before: string | undefined
  readonly find: string | undefined
}

/** After another field was chosen, the operator may be none of it, and the value is of another kind. */
function fitting(model: ModelMeta, { path = '', operator = '', before, find }: SentRow, texts: readonly string[]): Row {
  const operators = operatorsOf(model, path)
  const isOther = before !== undefined && before !== path
  const fits = operators.includes(operator) ? operator : (operators[0] ?? '')
  const isSpan = takenBy(fits) === 'span'
  const kept = isOther ? [] : texts.filter((text) => text !== '' && (!isSpan || /^\d+$/.test(text)))
  return { is: 'row', path, operator: fits, texts: kept, ...(find && !isOther && { find: find.slice(0, 200) }) }
}

function into(group: Group, place: readonly number[], node: BuilderNode): Group {
  const [at, ...rest] = place
  if (at === undefined) return { ...group, of: [...group.of, node] }
  return { ...group, of: group.of.map((each, index) => (index === at && each.is === 'group' ? into(each, rest, node) : each)) }
}

/** A group that has lost its last row goes too. */
function without(group: Group, place: readonly number[]): Group {
  const [at, ...rest] = place
  const of = group.of.flatMap((each, index): BuilderNode[] => {
    if (index !== at) return [each]
    if (rest.length === 0 || each.is !== 'group') return []
    const left = without(each, rest)
    return left.of.length > 0 ? [left] : []
  })
  return { ...group, of }
}
