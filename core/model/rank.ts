/**
 * Where people put a record among others: a text that sorts, so that between two there is always another and one record is written
 * for each that is moved. Hexadecimal digits, read as a fraction; the greater stands first.
 */
import { randomInt } from 'node:crypto'
import { z } from 'zod'
import { given } from './define.ts'
import type { Given, Kept } from './types.ts'

/** No zero at the end: below `10` and above `1` there would be nothing. */
const digits = /^[0-9a-f]*[1-9a-f]$/

/** The traits of a `p.string()` by which people order records by hand: new ones come first, as they are made. */
export const ranked: { suggest: Given<Kept, string>; valid: z.ZodType; copy: false; quiet: true } = {
  // The instant, and for those of one instant the time at which their ids were made.
  suggest: given<Kept, 'createdAt', string>(['createdAt'], ({ createdAt, id }) => {
    const instant = hexadecimal(Math.max(0, createdAt.getTime()))
    return `${instant}${id.replaceAll('-', '').slice(0, 24)}`.replace(/0+$/, '')
  }),
  valid: z.string().regex(digits).max(255),
  copy: false,
  quiet: true,
}

/**
 * A rank under `above` and over `below`; where one of them is missing, next to the other. Undefined where there is no room any more,
 * which takes hundreds of records put into ever the same gap.
 */
export function rankBetween(above: string | undefined, below: string | undefined): string | undefined {
  const [over, under] = [above, below].map((rank) => (rank !== undefined && digits.test(rank) ? rank : undefined))
  if (over === undefined && under === undefined) return undefined
  const rank = over === undefined ? earlier(under!) : under === undefined ? later(over) : between(over, under)
  return rank.length <= 255 ? rank : undefined
}

/** Before all others, but behind what is made from now on. */
function earlier(rank: string): string {
  const next = instantIn(rank) + 1
  return next < 16 ** instantDigits ? `${hexadecimal(next)}${someDigits()}` : between(undefined, rank)
}

function later(rank: string): string {
  const previous = instantIn(rank) - 1
  return previous >= 0 ? `${hexadecimal(previous)}${someDigits()}` : between(rank, '')
}

const instantDigits = 12
const instantIn = (rank: string): number => Number.parseInt(rank.slice(0, instantDigits).padEnd(instantDigits, '0'), 16)
const hexadecimal = (instant: number): string => instant.toString(16).padStart(instantDigits, '0')
/** So that two who put a record into one place at one moment put theirs beside each other. */
const someDigits = (): string =>
  `${randomInt(16 ** 3)
    .toString(16)
    .padStart(3, '0')}1`

/** The shortest that fits, somewhere in the middle. Without `above` there is no limit. */
function between(above: string | undefined, below: string): string {
  let [limit, made] = [above, '']
  for (let at = 0; ; at++) {
    const low = Number.parseInt(below[at] ?? '0', 16)
    const high = limit === undefined ? 16 : Number.parseInt(limit[at] ?? '0', 16)
    const room = high - low - 1
    if (room > 0) return made + (low + 1 + Math.floor(room / 4) + randomInt(Math.ceil(room / 2))).toString(16)
    made += low.toString(16)
    if (high > low) limit = undefined
  }
}
