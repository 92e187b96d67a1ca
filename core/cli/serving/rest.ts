/** A process that nobody needs for a moment gives back the memory that it does not. */

/** How often it is looked whether there is anything to do, and how little processor time in between is nothing. */
const everyMs = 10_000
const idleMicroseconds = 200_000
/** By how many bytes somebody who is hardly ever busy may have grown since. */
const grownBytes = 24 * 2 ** 20

/**
 * V8 keeps what a busy time took, garbage included, for the next one: a quarter of the process, and booting is such a time. Tidies up
 * at once and then whenever that is worth it. To be called once, before anybody is served; needs `--expose-gc`. Everything stands still
 * for some tenths of a second meanwhile, which is why it is done only when there is nothing else.
 */
export function restWhenIdle(): void {
  tidyUp()
  let before = process.cpuUsage()
  const passed = onceIdle(tidyUp, process.memoryUsage.rss)
  const look = setInterval(() => {
    const { user, system } = process.cpuUsage(before)
    passed(user + system)
    // What the tidying took is no work.
    before = process.cpuUsage()
  }, everyMs)
  look.unref()
}

/** The one flavor that also gives pages back to the system. */
const tidyUp = () => void globalThis.gc?.({ type: 'major', flavor: 'last-resort' })

/**
 * Told how many microseconds of work each while took, calls `tidyUp` in the first idle one after a busy one, and when `memory` (bytes)
 * has grown by little work at a time.
 */
export function onceIdle(tidyUp: () => void, memory: () => number): (microseconds: number) => void {
  let isTidy = true
  let tidy = memory()
  return (microseconds) => {
    if (microseconds > idleMicroseconds) isTidy = false
    else if (!isTidy || memory() > tidy + grownBytes) {
      tidyUp()
      isTidy = true
      tidy = memory()
    }
  }
}
