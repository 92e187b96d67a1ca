/** Somebody is sent to a provider and comes back: once, within ten minutes, with the browser that he was sent from. */
import { createHmac, hash, randomBytes } from 'node:crypto'
import { NotFound, type Services, Unauthorized, type UserError } from '@tessera/core'
import type { IdentityProvider } from './identity-provider.model.ts'
import { SignInAttempt } from './sign-in-attempt.model.ts'

/** What is on its way: `browser` goes into a cookie, `state` to the provider and back. */
export interface Way {
  readonly browser: string
  readonly state: string
  /** In the ID token that answers this request, and no other. */
  readonly nonce: string
  /** What only the browser that began can redeem the code with. */
  readonly verifier: string
}

export const attemptSeconds = 600

/** What somebody is sent off for: to sign in, unless he is named who connects his account, or shows that it is he. */
export interface Purpose {
  /** Where he wants to go: a path of this application. */
  readonly next: string
  readonly connecting?: string | null
  readonly confirming?: string | null
}

/** Begins one; `known` is the browser's cookie, if it has begun another just now in a second tab. */
export async function begin(provider: IdentityProvider, about: Purpose, known: string | undefined, services: Services): Promise<Way> {
  const browser = known !== undefined && tokenPattern.test(known) ? known : newToken()
  const state = newToken()
  await system(services).create(SignInAttempt, {
    stateHash: hashOf(state),
    browserHash: hashOf(browser),
    provider: provider.id,
    ...about,
    expiresAt: new Date(services.context.now.getTime() + attemptSeconds * 1000),
  })
  return wayOf(browser, state)
}

/** An attempt whose browser is back. */
export interface Attempt {
  readonly way: Way
  /** Where he wanted to go: a path of this application. */
  readonly next: string
  /** The user who connects his account; null for somebody who signs in. */
  readonly connecting: string | null
  /** The user who shows that it is he. */
  readonly confirming: string | null
  readonly begunAt: Date
}

/** Ends the attempt that this answer belongs to, so that there is no second one. Refused (401) is what belongs to none. */
export async function end(
  provider: IdentityProvider,
  state: string | null,
  browser: string | undefined,
  services: Services,
): Promise<Attempt> {
  const attempt = state === null ? null : await system(services).find(SignInAttempt, { stateHash: hashOf(state) })
  if (state === null || !attempt) throw isOver()
  if (browser === undefined || hashOf(browser) !== attempt.browserHash)
    throw new Unauthorized(
      'oidc.other_browser',
      'This sign-in was begun in another browser, or its cookie is gone. Start again here; cookies must be allowed.',
    )
  try {
    await system(services).remove(SignInAttempt, attempt.id)
  } catch (error) {
    // Of two at the same moment the other one has it.
    throw error instanceof NotFound ? isOver() : error
  }
  if (attempt.expiresAt <= services.context.now) throw isOver()
  if (attempt.provider.id !== provider.id)
    throw new Unauthorized('oidc.mixed_up', 'This answer came from another provider than the one that was asked. Start again.')
  return {
    way: wayOf(browser, state),
    next: attempt.next,
    connecting: attempt.connecting?.id ?? null,
    confirming: attempt.confirming?.id ?? null,
    begunAt: new Date(attempt.expiresAt.getTime() - attemptSeconds * 1000),
  }
}

/** Attempts that nobody came back from. */
export async function forgetOld(services: Services): Promise<void> {
  const records = system(services)
  for (;;) {
    const { rows } = await records.query(SignInAttempt, { fields: ['id'], where: { expiresAt: { $lt: services.context.now } }, limit: 200 })
    for (const { id } of rows) await records.remove(SignInAttempt, id)
    if (rows.length < 200) return
  }
}

/** Nothing that is kept in the database is enough to answer for the browser. */
function wayOf(browser: string, state: string): Way {
  const derived = (what: string) => createHmac('sha256', browser).update(`${what} ${state}`).digest('base64url')
  return { browser, state, nonce: derived('nonce'), verifier: derived('verifier') }
}

const newToken = (): string => randomBytes(32).toString('base64url')
const hashOf = (token: string): string => hash('sha256', token, 'base64url')
const tokenPattern = /^[A-Za-z0-9_-]{43}$/

function isOver(): UserError {
  return new Unauthorized('oidc.over', 'This sign-in has expired or was used already. Start again.')
}

function system({ asSystem }: Services) {
  return asSystem('An attempt to sign in belongs to a browser, not to a user.')
}
