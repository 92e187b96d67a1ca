/** Chance that falls the same way each time: a demonstration looks alike wherever it is loaded. */
export interface Chance {
  /** At least 0, below 1. */
  (): number
  of<T>(choices: readonly T[]): T
  between(least: number, most: number): number
}

/** mulberry32. */
export function chanceFrom(seed: number): Chance {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return Object.assign(next, {
    of: <T>(choices: readonly T[]): T => choices[Math.floor(next() * choices.length)]!,
    between: (least: number, most: number): number => least + Math.floor(next() * (most - least + 1)),
  })
}
