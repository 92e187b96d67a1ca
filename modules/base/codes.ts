import { type Services, TooMany, Unauthorized } from '@tessera/core'
import { attemptsAt, type Origin, slowDown } from './attempts.ts'
import type { Link } from './link.model.ts'

/**
 * The second step of signing in: a code that is right, and is used up then. Whoever gets here knows the first secret already, so that
 * he is counted strictly: six digits must not be found by trying.
 */
export async function demandCode(services: Services, link: Link, code: string, from: Origin): Promise<void> {
  const { audit, limits, secondFactor } = services
  const { id, email } = link.user
  if ((await limits.count(`codes at ${link.id}`, quarter)).count > mostCodes) throw signInIsOver()
  const { count, seconds } = await limits.count(codesOf(id), hour)
  if (count > mostCodesAnHour)
    throw new TooMany('base.too_many_codes', 'There were too many wrong codes for this account. Try again in {minutes} minutes.', seconds, {
      minutes: Math.ceil(seconds / 60),
    })
  await slowDown(services, attemptsAt(email))
  if (!(await secondFactor.accept(id, code))) {
    const personal = { email, ip: from.ip ?? null, agent: from.agent ?? null }
    await audit.note('sign-in.refused', { model: 'user', record: id, details: { step: 'code' }, personal })
    throw new Unauthorized(
      'base.code_refused',
      'This code is not right, or it was used already. Type the newest one of your app, or a recovery code.',
    )
  }
  await limits.clear(codesOf(id))
}

const codesOf = (user: string): string => `codes of ${user}`
/** In seconds, longer than a link to the second step lives. */
const quarter = 900
const hour = 3600
/** For each right first step. */
const mostCodes = 5
/** For each account. */
const mostCodesAnHour = 20

function signInIsOver(): Unauthorized {
  return new Unauthorized(
    'base.sign_in_over',
    'This sign-in took too long, or too many codes were wrong. Sign in again from the beginning.',
  )
}
