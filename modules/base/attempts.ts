import { setTimeout as pause } from 'node:timers/promises'
import { type Services, TooMany } from '@tessera/core'
import { networkOf } from './network.ts'
import { Busy } from './password.ts'
import { hashOf } from './token.ts'

/** Where somebody comes from: to recognise his session later, and to count what his network tries. */
export interface Origin {
  readonly ip?: string | undefined
  readonly agent?: string | undefined
}

/** Under what the attempts at an account are counted, whichever of its secrets they try. */
export function attemptsAt(email: string): string {
  return `sign-in as ${hashOf(email.trim().toLowerCase())}`
}

/** Refuses a network that tried too often, whomever it tried to be. */
export async function refuseEager({ limits }: Services, what: 'sign-in' | 'link', { ip }: Origin): Promise<void> {
  if (ip === undefined) return
  const [most, span] = what === 'sign-in' ? [mostAttempts, minute] : [mostLinksOfNetwork, hour]
  const { count, seconds } = await limits.count(`${what} from ${hashOf(networkOf(ip))}`, span / 1000)
  if (count > most)
    throw new TooMany(
      'base.too_many',
      'There were too many attempts to sign in from your network. Try again in {seconds} seconds.',
      seconds,
    )
}

/** Each attempt at an account that nobody got into lately takes longer. It is never refused: else others could lock its owner out. */
export async function slowDown({ limits }: Services, account: string): Promise<void> {
  const { count } = await limits.count(account, quarter / 1000)
  const milliseconds = pauseBefore(count)
  if (milliseconds === 0) return
  if (pausing >= mostPausing)
    throw new Busy('base.busy', 'Too many people are signing in at this moment. Wait a few seconds and try again.')
  pausing++
  try {
    await pause(milliseconds)
  } finally {
    pausing--
  }
}

/** Milliseconds before the nth attempt in a row: three are free, then half a second, doubled up to eight. */
export function pauseBefore(attempt: number): number {
  return attempt <= 3 ? 0 : Math.min(500 * 2 ** (attempt - 4), 8_000)
}

const minute = 60_000
const hour = 60 * minute
const quarter = 15 * minute
/** A minute, from one network. */
const mostAttempts = 10
/** An hour, asked for from one network, behind which a whole office may be. */
const mostLinksOfNetwork = 30
/** At once in one process: more would take the places of those who work. */
const mostPausing = 64
let pausing = 0
