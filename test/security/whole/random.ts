/** Chance that can be repeated: the same seed gives the same run. */
export interface Chance {
  /** From 0 up to, without, 1. */
  next(): number
  /** A whole number below `most`. */
  below(most: number): number
  one<T>(of: readonly T[]): T
  /** True so often out of one. */
  is(share: number): boolean
  some<T>(of: readonly T[], most: number): readonly T[]
}

/** mulberry32: small, and the same everywhere. */
export function chance(seed: number): Chance {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (most: number): number => Math.floor(next() * most)
  const one = <T>(of: readonly T[]): T => of[below(of.length)]!
  return {
    next,
    below,
    one,
    is: (share) => next() < share,
    some: (of, most) => Array.from({ length: of.length === 0 ? 0 : below(most + 1) }, () => one(of)),
  }
}

/** The same at each run, so that what lands does not hang on luck; another one in a deep run, or the one of TESSERA_SEED. */
export function seedOfRun(): number {
  const given = Number(process.env.TESSERA_SEED)
  if (Number.isInteger(given) && given > 0) return given
  return process.env.TESSERA_DEEP ? 1 + Math.floor(Math.random() * 1_000_000) : 20261122
}
