/** When a job is done again, as cron writes it: minute, hour, day of the month, month, day of the week. */

/** Whether the worker could keep to it: five parts, each `*`, a value, a range or a list of values, with or without a step. */
export function isCron(text: string): boolean {
  const parts = text.trim().split(/\s+/)
  return parts.length === units.length && units.every((unit, at) => isPart(parts[at]!, unit))
}

interface Unit {
  readonly from: number
  readonly to: number
  /** Words that stand for `from` and what follows it. */
  readonly words?: readonly string[]
}
const units: readonly Unit[] = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31 },
  { from: 1, to: 12, words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { from: 0, to: 7, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
]

function isPart(text: string, unit: Unit): boolean {
  const spans = text.split(',')
  if (spans.length === 1) return isSpan(text, unit)
  // The worker takes no value twice, and Sunday is 0 and 7.
  const values = spans.map((span) => numberOf(span, unit) % (unit.from === 0 && unit.to === 7 ? 7 : 100))
  return spans.every((span) => !/[*/-]/.test(span) && isSpan(span, unit)) && new Set(values).size === values.length
}

function isSpan(text: string, unit: Unit): boolean {
  const [, span, step] = /^([^/]+)(?:\/(\d+))?$/.exec(text) ?? []
  if (span === undefined || Number(step) === 0 || Number(step) > unit.to) return false
  if (span === '*') return true
  const ends = span.split('-').map((end) => numberOf(end, unit))
  const [first = Number.NaN, last = first] = ends
  return ends.length <= 2 && first >= unit.from && last <= unit.to && first <= last
}

function numberOf(text: string, { from, words = [] }: Unit): number {
  const word = words.indexOf(text.toLowerCase())
  return word >= 0 ? from + word : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN
}
