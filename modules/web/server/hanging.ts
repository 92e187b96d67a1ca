import { type FieldMeta, labelOf, type ModelMeta } from '@tessera/core'
import type { Fact } from '../screens.ts'
import type { Reader } from './reader.ts'
import { countInWords } from './view-count.ts'
import { inSentence, modelLabel, modelPlural } from './words.ts'

/** What hangs on a record, and what becomes of it when that is deleted. */
export interface Hanging {
  readonly facts: readonly Fact[]
  /** Something needs the record: the database keeps it for as long. */
  readonly hinders: boolean
}

/** As the foreign keys have it: records that go along, that keep this one, that lose it from a list, that go on naming what is gone. */
export async function hangingOn(reader: Reader, model: ModelMeta, id: string): Promise<Hanging> {
  const ties = reader.app.models.all.flatMap((other) => (other.journal ? [] : tiesTo(other, model)))
  const counted = await Promise.all(ties.map((tie) => countedOf(reader, tie, id)))
  const hidden = counted.reduce((sum, { others }) => sum + others, 0)
  const shown = counted.filter(({ seen }) => seen > 0).toSorted((a, b) => fates.indexOf(a.fate) - fates.indexOf(b.fate))
  return {
    facts: [
      ...shown.map((each) => factOf(reader, each)),
      ...(hidden > 0
        ? [{ value: countInWords(reader, hidden), label: reader.t('web.hanging_hidden'), icon: 'lock', tone: 'red' as const }]
        : []),
    ],
    hinders: hidden > 0 || shown.some(({ fate }) => fate === 'keeps'),
  }
}

/** In the order in which one wants to know, with what is said of it. */
const codes = {
  keeps: 'web.hanging_keeps',
  goes: 'web.hanging_goes',
  loses: 'web.hanging_loses',
  names: 'web.hanging_names',
} as const
const fates = Object.keys(codes)
interface Tie {
  readonly other: ModelMeta
  readonly field: FieldMeta
  readonly fate: keyof typeof codes
}
interface Counted extends Tie {
  /** How many the reader may see. */
  readonly seen: number
  /** Those that he may not, as far as they keep the record. */
  readonly others: number
}

function tiesTo(other: ModelMeta, model: ModelMeta): readonly Tie[] {
  return [...other.fields.values()].flatMap((field): Tie[] => {
    if (field.kind === 'many') return field.pivot && field.target === model ? [{ other, field, fate: 'loses' }] : []
    if (field.kind !== 'one' || field.target !== model || stamps.has(field.name)) return []
    return [{ other, field, fate: field.removedWith ? 'goes' : field.constrained ? 'keeps' : 'names' }]
  })
}

async function countedOf({ ability, records, services }: Reader, tie: Tie, id: string): Promise<Counted> {
  const { other, field, fate } = tie
  const ask = { where: { [field.name]: id } as never }
  const isSeen = ability.possible('read', other) && ability.field('read', field) !== false
  const seen = isSeen ? await records.count(other.handle, ask) : 0
  if (fate !== 'keeps') return { ...tie, seen, others: 0 }
  const all = await services
    .asSystem('Whoever deletes a record learns how many others keep it, and no more of them.')
    .count(other.handle, ask)
  return { ...tie, seen, others: all - seen }
}

function factOf(reader: Reader, { other, field, fate, seen }: Counted): Fact {
  const [one, many] = [modelLabel, modelPlural].map((nameOf) => inSentence(nameOf(other, reader.t)))
  const label = reader.t(codes[fate], { count: seen, one, many, field: labelOf(field, reader.t) })
  return { value: countInWords(reader, seen), label, icon: other.icon ?? 'point', ...(fate === 'keeps' && { tone: 'red' }) }
}

const stamps = new Set(['createdBy', 'updatedBy'])
