import { type Ability, BadRequest, type Composition, type ModelMeta, readableField } from '@tessera/core'
import type { Reader } from './reader.ts'
import { queryRows, type Row } from './rows.ts'

/** The records that a select, a filter or a status bar offers. */
export interface Choices {
  /** In the order of their model, with what glyphs need. */
  readonly rows: readonly Row[]
  /** There are more than a select can hold: search instead. */
  readonly more: boolean
}

/** Longer than this, a select is a search box. */
const mostChoices = 50

/**
 * Nearly every page offers the same few records, so they are remembered for a moment; what is written through this client is
 * forgotten at once. Only for who may read all of them: what a rule lets through may be another at the next request. `fields` are
 * further values to come along.
 */
export async function choicesOf(reader: Reader, target: ModelMeta, where?: object, fields: readonly string[] = []): Promise<Choices> {
  const rule = reader.ability.records('read', target)
  if (!('all' in rule && rule.all.length === 0)) return read(reader, target, where, fields)
  const kept = rememberedBy(reader.app)
  const key = [
    target.name,
    reader.locale,
    abilityKey(reader.ability),
    reader.services.context.caller.id,
    JSON.stringify(where),
    ...fields,
  ].join(' ')
  const known = kept.get(key)
  const now = performance.now()
  if (known && known.until > now) return known.choices
  if (kept.size >= 2_000) kept.clear()
  const choices = read(reader, target, where, fields)
  kept.set(key, { until: now + rememberedMs, choices })
  choices.catch(() => kept.delete(key))
  return choices
}

/** The same of a relation: where the reader may not see what its choice asks for, all are offered, and the write still checks. */
export async function choicesFor(reader: Reader, target: ModelMeta, where?: object, fields: readonly string[] = []): Promise<Choices> {
  try {
    return await choicesOf(reader, target, where, fields)
  } catch (error) {
    if (where && error instanceof BadRequest) return choicesOf(reader, target, undefined, fields)
    throw error
  }
}

/** After a write of the model. */
export function forgetChoices(app: Composition, model: ModelMeta): void {
  const kept = rememberedBy(app)
  for (const key of kept.keys()) if (key.startsWith(`${model.name} `)) kept.delete(key)
}

async function read(reader: Reader, target: ModelMeta, where: object | undefined, fields: readonly string[]): Promise<Choices> {
  const glyphs = ['category', 'outcome', 'level'].filter((name) => readableField(reader.ability, target, name)?.kind === 'scalar')
  if (!reader.ability.possible('read', target)) return { rows: [], more: false }
  const isOrdered = target.order.every(({ path }) => readableField(reader.ability, target, path))
  const { rows } = await queryRows(reader.records, target, {
    fields: [...glyphs, ...fields],
    where,
    ...(!isOrdered && { order: { id: 'asc' } }),
    offered: true,
    limit: mostChoices + 1,
  })
  return { rows: rows.slice(0, mostChoices), more: rows.length > mostChoices }
}

/** As long as anything may take to reach every process. */
const rememberedMs = 1_000
const remembered = new WeakMap<Composition, Map<string, { readonly until: number; readonly choices: Promise<Choices> }>>()
function rememberedBy(app: Composition) {
  let kept = remembered.get(app)
  if (!kept) {
    kept = new Map()
    remembered.set(app, kept)
  }
  return kept
}

const numbers = new WeakMap<Ability, number>()
let last = 0
function abilityKey(ability: Ability): number {
  let number = numbers.get(ability)
  if (number === undefined) {
    number = ++last
    numbers.set(ability, number)
  }
  return number
}
