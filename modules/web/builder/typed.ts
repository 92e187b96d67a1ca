/** The builder's fields as a form sends them, taken apart: `<name>.join`, `<name>.0.field`, `<name>.1.0.value`. */
import type { ModelMeta, Request } from '@tessera/core'
import { typedIn } from '../server/body.ts'
import { type BuilderNode, deepest, type Group, type Row } from './nodes.ts'
import { operatorsOf, takenBy } from './operators.ts'

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
  const nodeAt = (place: string, level: number): BuilderNode[] => {
    const at = `${name}.${place}`
    const json = texts(`${at}.json`).at(-1)
    if (json !== undefined) return [{ is: 'raw', json }]
    const inner = texts(`${at}.join`).at(-1)
    if (inner !== undefined) return level > deepest ? [] : [{ is: 'group', join: joined(inner), of: within(place, level) }]
    return [
      fitting(model, texts(`${at}.field`).at(-1) ?? '', texts(`${at}.op`).at(-1) ?? '', texts(`${at}.value`), texts(`${at}.of`).at(-1)),
    ]
  }
  const within = (place: string, level: number): BuilderNode[] =>
    (places.get(place) ?? []).flatMap((at) => nodeAt(place === '' ? String(at) : `${place}.${at}`, level + 1))
  const [, change, at = ''] = /^(add|group|remove|update|count):?([\d.]*)$/.exec(texts(`${name}.change`).at(-1) ?? '') ?? []
  return { group: { is: 'group', join: joined(join), of: within('', 1) }, change: change as BuilderChange | undefined, at }
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

/** After another field was chosen, the operator may be none of it, and the value is of another kind. */
function fitting(model: ModelMeta, path: string, operator: string, texts: readonly string[], before: string | undefined): Row {
  const operators = operatorsOf(model, path)
  const isOther = before !== undefined && before !== path
  const fits = operators.includes(operator) ? operator : (operators[0] ?? '')
  const isSpan = takenBy(fits) === 'span'
  const kept = isOther ? [] : texts.filter((text) => text !== '' && (!isSpan || /^\d+$/.test(text)))
  return { is: 'row', path, operator: fits, texts: kept }
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
