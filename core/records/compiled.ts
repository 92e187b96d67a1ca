/**
 * A question is compiled once for each asker and then kept: what a desk asks all day are the same few screens. Whatever decides
 * over the SQL must be in the key: who asks (his ability, his own values, his language) and what. Only the clock may differ.
 */
import type { ModelMeta } from '../model/meta.ts'
import { movedTo } from '../model/placeholders.ts'
import type { Asker } from './statement.ts'

/** `question` says all that `make` depends on besides the asker and the model. */
export function compiling<C>(): (asker: Asker, model: ModelMeta, question: string, make: () => C) => C {
  const known = remembering<C>()
  return ({ ability, asking, locale }, model, question, make) =>
    known(`${numberOf(asking.me)} ${numberOf(ability)} ${locale} ${numberOf(model)} ${question}`, make)
}

/** Makes a thing once for each key. The least recently used are forgotten. */
export function remembering<C>(): (key: string, make: () => C) => C {
  const known = new Map<string, C>()
  return (key, make) => {
    if (key.length > longest) return make()
    const made = known.get(key) ?? make()
    known.delete(key)
    known.set(key, made)
    if (known.size > most) {
      const [oldest = ''] = known.keys()
      known.delete(oldest)
    }
    return made
  }
}

/** The values of a kept statement for somebody who asks now. */
export function valuesNow(values: readonly unknown[], { asking }: Asker): readonly unknown[] {
  return values.map((value) => movedTo(value, asking.now))
}

/** Each holds its closures, some ten kilobytes. */
const most = 300
/** A key longer than this names many values and is hardly asked twice. */
const longest = 4_000

const numbers = new WeakMap<object, number>()
let last = 0
/** Callers and abilities are made anew when anything about them changes, so that the object stands for its contents. */
export function numberOf(object: object): number {
  let number = numbers.get(object)
  if (number === undefined) {
    last += 1
    number = last
    numbers.set(object, number)
  }
  return number
}
