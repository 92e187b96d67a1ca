/** A process that nobody needs for a moment gives back the memory that it does not. */

/** How often it is looked whether there is anything to do, and how little processor time in between is nothing. */
const everyMs = 10_000
const idleMicroseconds = 200_000

/**
 * V8 keeps what a busy time took, garbage included, for the next one: a quarter of the process. To be called once; needs `--expose-gc`.
 * Everything stands still for some tenths of a second meanwhile, which is why it is done only when there is nothing else.
 */
export function restWhenIdle(): void {
  let before = process.cpuUsage()
  // The one flavor that also gives pages back to the system.
  const passed = onceIdle(() => globalThis.gc?.({ type: 'major', flavor: 'last-resort' }))
  const look = setInterval(() => {
    const { user, system } = process.cpuUsage(before)
    passed(user + system)
    // What the tidying took is no work.
    before = process.cpuUsage()
  }, everyMs)
  look.unref()
}

/** Told how many microseconds of work each while took, calls `tidyUp` in the first idle one after a busy one, and in the first of all. */
export function onceIdle(tidyUp: () => void): (microseconds: number) => void {
  let isTidy = false
  return (microseconds) => {
    if (microseconds > idleMicroseconds) isTidy = false
    else if (!isTidy) {
      isTidy = true
      tidyUp()
    }
  }
}
