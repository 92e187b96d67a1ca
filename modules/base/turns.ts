/** Lets so many tasks run at once and so many wait; whoever comes after that is turned away at once. */
export class Turns {
  #running = 0
  readonly #waiting: (() => void)[] = []
  readonly #atOnce: number
  readonly #mayWait: number
  readonly #turnedAway: () => Error

  constructor(atOnce: number, mayWait: number, turnedAway: () => Error) {
    this.#atOnce = atOnce
    this.#mayWait = mayWait
    this.#turnedAway = turnedAway
  }

  async take<R>(task: () => Promise<R>): Promise<R> {
    if (this.#running < this.#atOnce) this.#running++
    else if (this.#waiting.length < this.#mayWait) await new Promise<void>((start) => this.#waiting.push(start))
    else throw this.#turnedAway()
    try {
      return await task()
    } finally {
      // The place goes straight to the next in line, so that nobody slips in between.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }
}
