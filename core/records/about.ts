/**
 * Numbers that people look at: of very many records they may be some seconds old, since counting a million takes longer than all the
 * rest of a screen and is no longer true when it is read. What somebody has changed himself is counted at once.
 */
import type { ModelMeta } from '../model/meta.ts'
import { movedTo } from '../model/placeholders.ts'
import { numberOf } from './compiled.ts'

/** A statement about a model, with its values, for somebody. */
export interface Asked {
  readonly model: ModelMeta
  readonly text: string
  readonly values: readonly unknown[]
  readonly by: string | null | undefined
}

/** For how long an answer is taken for true, and then given while it is found anew, in milliseconds. */
export interface Lasting {
  readonly forMs: number
  readonly thenMs: number
}

/** The answer of `find`, or one that it gave for the same question as long ago as `lasting` allows, told what was found and how long that took. */
export async function about<T>(asked: Asked, find: () => Promise<T>, lasting: (found: T, tookMs: number) => Lasting): Promise<T> {
  const key = keyOf(asked)
  const known = kept.get(key) as Kept<T> | undefined
  const now = performance.now()
  if (!known || now >= known.until || known.began < (writes.get(asked.by ?? '') ?? 0)) return findAnew(key, find, lasting)
  if (now >= known.fresh && !known.isSought) {
    known.isSought = true
    // Nobody waits for it: whoever asks next has it, or finds out for himself why it cannot be had.
    findAnew(key, find, lasting).catch(() => kept.delete(key))
  }
  return known.found
}

/** What he is told from now on knows of what he has just written. */
export function wrote(user: string | null): void {
  if (user === null) return
  writes.delete(user)
  writes.set(user, performance.now())
  if (writes.size > mostWriters) writes.delete(writes.keys().next().value ?? '')
}

async function findAnew<T>(key: string, find: () => Promise<T>, lasting: (found: T, tookMs: number) => Lasting): Promise<T> {
  const began = performance.now()
  const found = await find()
  const now = performance.now()
  const { forMs, thenMs } = lasting(found, now - began)
  kept.delete(key)
  if (forMs > 0) kept.set(key, { found, began, fresh: now + forMs, until: now + forMs + thenMs, isSought: false })
  if (kept.size > mostKept) kept.delete(kept.keys().next().value ?? '')
  return found
}

/** Who asks stands in the statement and its values, by what he may see; only the clock may differ. */
function keyOf({ model, text, values }: Asked): string {
  return `${numberOf(model)} ${text} ${JSON.stringify(values.map((value) => movedTo(value, new Date(0))))}`
}

interface Kept<T> {
  readonly found: T
  readonly began: number
  readonly fresh: number
  readonly until: number
  isSought: boolean
}
const kept = new Map<string, Kept<unknown>>()
const mostKept = 500
/** When each of those who wrote last did so. */
const writes = new Map<string, number>()
const mostWriters = 10_000
