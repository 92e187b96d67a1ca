/** Where entries stand in the hours of a calendar, as classes: our pages may hold no styles of their own. */
const quarters = 96
const mostLanes = 6
/** So many columns that each number of lanes up to the most divides them. */
const columns = 60

/** `starts-36` is at nine, `lasts-4` an hour, `lane-2-3` the second of three that stand side by side. */
export function hourRules(): string {
  const rules: string[] = []
  for (let at = 0; at < quarters; at++) {
    rules.push(`.starts-${at}{grid-row-start:${at + 1}}`, `.lasts-${at + 1}{grid-row-end:span ${at + 1}}`)
  }
  for (let lanes = 1; lanes <= mostLanes; lanes++) {
    const width = columns / lanes
    for (let lane = 1; lane <= lanes; lane++) rules.push(`.lane-${lane}-${lanes}{grid-column:${(lane - 1) * width + 1}/span ${width}}`)
  }
  return `@layer views{.timed{${rules.join('')}}}`
}
