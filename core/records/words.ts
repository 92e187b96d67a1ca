/** Looking for words: in the texts that a model's search declares, its own and those of related records. */
import type { ModelMeta } from '../model/meta.ts'
import { readableField } from './asked.ts'
import type { Reading } from './read.ts'
import { Statement } from './statement.ts'

const mostWords = 8

/** The words of a question, at most eight. */
function wordsOf(q: string | undefined): readonly string[] {
  return (q ?? '').split(/\s+/).filter(Boolean).slice(0, mostWords)
}
function searchedTexts(reading: Reading, model: ModelMeta): readonly string[] {
  return reading.screens(model).search.texts.filter((path) => readableField(reading.asker.ability, model, path))
}

/** Every word must occur in one of the texts; case and accents do not count. */
export function words(reading: Reading, statement: Statement, model: ModelMeta, { q, found }: Sought): readonly string[] {
  const texts = searchedTexts(reading, model)
  const wanted = wordsOf(q)
  if (wanted.length > 0 && texts.length === 0) return ['false']
  return wanted.map((word) => {
    const matches = texts.flatMap((path) => textMatches(statement, model, path, word, found) ?? [])
    return matches.length > 0 ? `(${matches.join(' or ')})` : 'false'
  })
}

/** What a question looks for, and the related records that hold its words, where that was found out before. */
export interface Sought {
  readonly q?: string | undefined
  readonly found?: Found | undefined
}
/** By path and word, the ids of related records whose text holds the word; not there when they are too many to name. */
export type Found = ReadonlyMap<string, readonly string[]>
const keyOf = (path: string, word: string): string => `${path} ${word}`
const mostFound = 2_000

/**
 * Related records that hold the words are looked for first, in one statement: when PostgreSQL sees their ids it knows how many
 * records they stand for, and so whether to go by them or by the order. Left inside the question it guesses, and is wrong by
 * a hundred times for a name that many people have.
 */
export async function findRelated(reading: Reading, model: ModelMeta, q: string | undefined): Promise<Found | undefined> {
  const paths = searchedTexts(reading, model).filter((path) => path.includes('.'))
  const sought = wordsOf(q).flatMap((word) => paths.map((path) => ({ path, word })))
  if (sought.length === 0) return undefined
  const statement = new Statement(reading.asker)
  const columns = sought.map(({ path, word }, at) => `array(${related(statement, model, path, word)} limit ${mostFound + 1}) as c${at}`)
  const [row] = await reading.run(`select ${columns.join(', ')}`, statement.values, { fitted: true })
  return new Map(
    sought.flatMap(({ path, word }, at) => {
      const ids = row![`c${at}`] as readonly string[]
      return ids.length > mostFound ? [] : [[keyOf(path, word), ids] as const]
    }),
  )
}

/**
 * Undefined where nothing was found there: "is one of none" under several words would be one condition to PostgreSQL, which then
 * takes the indexes of one word only.
 */
function textMatches(statement: Statement, model: ModelMeta, path: string, word: string, found: Found | undefined): string | undefined {
  const [head = '', ...rest] = path.split('.')
  const field = model.fields.get(head)!
  if (rest.length === 0) return statement.condition({ path: [head], operator: '$contains', value: word }, model, 't', 'asked')
  if (field.kind !== 'one') return undefined
  const ids = found?.get(keyOf(path, word))
  if (ids?.length === 0) return undefined
  const readable = statement.readable(field, 't', 'asked')
  const matches = ids ? `= any(${statement.param(ids)}::uuid[])` : `in (${related(statement, model, path, word)})`
  return `${readable ? `${readable} and ` : ''}t."${field.column}" ${matches}`
}

/** The ids of the related records that hold a word and may be read. */
function related(statement: Statement, model: ModelMeta, path: string, word: string): string {
  const [head = '', ...rest] = path.split('.')
  const field = model.fields.get(head)
  if (field?.kind !== 'one') throw new TypeError(`"${path}" of "${model.name}" is no text of a related record.`)
  const inner = statement.alias()
  const rule = statement.rule('read', field.target, inner)
  const holds = statement.condition({ path: rest, operator: '$contains', value: word }, field.target, inner, 'asked')
  return `select ${inner}."id" from "${field.target.table}" ${inner} where ${[holds, ...(rule ? [rule] : [])].join(' and ')}`
}
