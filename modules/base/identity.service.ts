import {
  demandConfirmed,
  Forbidden,
  type Identity,
  type KnownKey,
  type KnownSession,
  type Records,
  type Services,
  Unauthorized,
} from '@tessera/core'
import { ApiKey } from './api-key.model.ts'
import { attemptsAt, type Origin, refuseEager, slowDown } from './attempts.ts'
import { demandCode } from './codes.ts'
import type { KeyLimits } from './keys.service.ts'
import type { Link } from './link.model.ts'
import { checkPassword, hashPassword, isPasswordOf } from './password.ts'
import { Recognition } from './recognition.ts'
import { Session } from './session.model.ts'
import { hashOf, newToken } from './token.ts'
import { User } from './user.model.ts'

/** Core's doors need only the look-ups; here are the rest of what `services.identity` offers to modules. */
type Accounts = Pick<
  IdentityService,
  | 'forget'
  | 'signIn'
  | 'openSession'
  | 'signOut'
  | 'signOutEverywhere'
  | 'createLink'
  | 'holderOf'
  | 'useLink'
  | 'finishSignIn'
  | 'demandConfirmed'
  | 'mailLink'
  | 'claim'
  | 'setPassword'
  | 'createUser'
  | 'createKey'
  | 'revokeKey'
>
declare module '@tessera/core' {
  interface Identity extends Accounts {}
}

/** What a cookie holds, and until when. */
export interface OpenedSession {
  readonly token: string
  readonly expires: Date
}

/** The first step was right, and the user has a second factor: the token of a page that asks for its code. */
export interface HalfOpen {
  readonly halfOpen: string
}

/** Who somebody is: passwords, sessions, one-time links, API keys. Of each secret only a hash is kept. */
export class IdentityService implements Identity {
  readonly #services: Services
  readonly #recognition: Recognition

  constructor(services: Services) {
    this.#services = services
    this.#recognition = new Recognition(services)
  }

  async userOfKey(token: string): Promise<KnownKey | undefined> {
    return this.#recognition.ofKey(token)
  }

  async userOfSession(token: string): Promise<KnownSession | undefined> {
    return this.#recognition.ofSession(token)
  }

  /** Whether a key that works may be used by pages of this origin. */
  async servesOrigin(origin: string): Promise<boolean> {
    return this.#recognition.servesOrigin(origin)
  }

  /** Drops what this process keeps of keys and sessions; core calls it when one of the announced models changes anywhere. */
  forget(): void {
    this.#recognition.forget()
  }

  /** A new token for a session whose user's rights have changed; undefined when it needs none. */
  async renewSession(token: string): Promise<OpenedSession | undefined> {
    return this.#services.sessions.renew(token)
  }

  /** Neither the answer nor its time tells whether there is such an account. TooMany (429) from an address that tried too often. */
  async signIn(email: string, password: string, from: Origin = {}): Promise<OpenedSession | HalfOpen> {
    await refuseEager(this.#services, 'sign-in', from)
    await slowDown(this.#services, attemptsAt(email))
    const user = await this.#system.find(User, { email: email.trim().toLowerCase() })
    const isRight = await isPasswordOf(user?.passwordHash, password)
    if (!user?.active || !isRight) {
      await this.#services.audit.note('sign-in.refused', {
        ...(user && { model: 'user', record: user.id }),
        personal: { email: email.trim().toLowerCase(), ip: from.ip ?? null, agent: from.agent ?? null },
      })
      throw new Unauthorized(
        'base.sign_in_refused',
        'This email address and password do not belong together. Check both, or ask an administrator for a sign-in link.',
      )
    }
    return this.#afterFirstStep(user, from)
  }

  /**
   * The second step: a code of the user's app, or a recovery code. Its attempts slow down with those at the password, since whoever
   * gets here knows that already; five for each first step, and twenty an hour.
   */
  async finishSignIn(token: string, code: string, from: Origin = {}): Promise<OpenedSession> {
    await refuseEager(this.#services, 'sign-in', from)
    const link = await this.#services.links.find(token, ['second-factor'])
    await demandCode(this.#services, link, code, from)
    await this.#services.links.useUp(link)
    await this.#services.limits.clear(attemptsAt(link.user.email))
    return this.openSession(link.user.id, from)
  }

  /** Refuses (403 `access.confirm`) a session whose user did not lately show that it is he. */
  demandConfirmed(): void {
    demandConfirmed(this.#services.context)
  }

  /** Signs a user in without asking for anything: whoever calls this has made sure who it is. */
  async openSession(user: string, from: Origin = {}): Promise<OpenedSession> {
    const token = newToken()
    const { now } = this.#services.context
    const expires = new Date(now.getTime() + sessionMs)
    await this.#system.create(Session, {
      tokenHash: hashOf(token),
      user,
      expiresAt: expires,
      seenAt: now,
      confirmedAt: now,
      ip: from.ip ?? null,
      agent: from.agent?.slice(0, 255) ?? null,
    })
    await this.#system.update(User, user, { lastSignInAt: now })
    return { token, expires }
  }

  /** Ends one session; a token that belongs to none is no error. */
  async signOut(token: string): Promise<void> {
    // Also of somebody who looks as another user: it is not that user who ends it.
    const system = this.#services.bySystem('A session ends by its token, whoever it looks as.').asSystem('Sessions are known to nobody.')
    const session = await system.find(Session, { tokenHash: hashOf(token) })
    if (!session) return
    await system.transaction(async () => {
      await system.remove(Session, session.id)
      await this.#services.audit.note('sign-out', { model: 'user', record: session.user.id })
    })
  }

  /** Ends all sessions and links of a user, used or not. */
  async signOutEverywhere(user: string): Promise<void> {
    await this.#services.sessions.endAll(user)
    await this.#services.links.endAll(user)
  }

  /** The token of a link that is good once: to sign in within 15 minutes, or for the first administrator within 24 hours. */
  async createLink(user: string, purpose: Link['purpose']): Promise<string> {
    return this.#services.links.create(user, purpose)
  }

  /**
   * Mails a link that signs in to whoever has this address. Neither the answer nor its time tells whether anybody does, for a job
   * looks that up. TooMany (429) for an address or from a network that asked too often.
   */
  async mailLink(email: string, from: Origin = {}): Promise<void> {
    const address = email.trim().toLowerCase()
    await refuseEager(this.#services, 'link', from)
    await this.#services.links.mail(address, 'sign-in')
  }

  /** Uses a link up and signs its user in. Only ever called by a POST: a mail scanner follows links, but sends no forms. */
  async useLink(token: string, from: Origin = {}): Promise<OpenedSession | HalfOpen> {
    const link = await this.#services.links.find(token)
    await this.#services.links.useUp(link)
    return this.#afterFirstStep(link.user, from)
  }

  /** Whom a link is for, without using it: so that its page can greet him. */
  async holderOf(token: string, purposes?: readonly Link['purpose'][]): Promise<{ readonly name: string; readonly email: string }> {
    const { user } = await this.#services.links.find(token, purposes)
    return { name: user.name, email: user.email }
  }

  /** The first administrator takes over his account: the link is used up, who he is and his password are written, he is signed in. */
  async claim(
    token: string,
    about: { readonly name: string; readonly email: string; readonly password: string },
    from: Origin = {},
  ): Promise<OpenedSession> {
    const link = await this.#services.links.find(token, ['first-run'])
    checkPassword(about.password)
    const passwordHash = await hashPassword(about.password)
    return this.#system.transaction(async () => {
      await this.#services.links.useUp(link)
      await this.#system.update(User, link.user.id, { name: about.name, email: about.email, passwordHash })
      await this.signOutEverywhere(link.user.id)
      return this.openSession(link.user.id, from)
    })
  }

  /** One's own password, or anybody's from the command line. All sessions and links of the user end. */
  async setPassword(user: string, password: string): Promise<void> {
    this.#refuseOthers(user)
    checkPassword(password)
    const passwordHash = await hashPassword(password)
    await this.#system.transaction(async () => {
      await this.#system.update(User, user, { passwordHash })
      await this.signOutEverywhere(user)
    })
  }

  /** A new user with the caller's rights; roles by name. Without a password he signs in by link. */
  async createUser(about: { email: string; name: string; roles: readonly string[]; password?: string }): Promise<User> {
    if (about.password !== undefined) checkPassword(about.password)
    const passwordHash = about.password === undefined ? null : await hashPassword(about.password)
    const { records } = this.#services
    return records.transaction(async () => {
      const roles = about.roles.map((code) => ({ code }))
      const user = await records.create(User, { email: about.email, name: about.name, roles })
      if (passwordHash) await this.#system.update(User, user.id, { passwordHash })
      return user
    })
  }

  /** A key for oneself, or for anybody from the command line. `key` is shown now and never again. */
  async createKey(user: string, name: string, limits: KeyLimits = {}): Promise<{ readonly id: string; readonly key: string }> {
    return this.#services.keys.create(user, name, limits)
  }

  /** Ends a key at once, in every process. Who may is decided by the caller's rules. */
  async revokeKey(id: string): Promise<void> {
    await this.#services.records.remove(ApiKey, id)
  }

  /** In, or at the door that asks for a code. The delay of his account stays until he is in. */
  async #afterFirstStep(user: User, from: Origin): Promise<OpenedSession | HalfOpen> {
    if (user.secondFactor) return { halfOpen: await this.createLink(user.id, 'second-factor') }
    await this.#services.limits.clear(attemptsAt(user.email))
    return this.openSession(user.id, from)
  }

  #refuseOthers(user: string): void {
    const { caller, door } = this.#services.context
    if (caller.id === user || door === 'cli' || door === 'system') return
    throw new Forbidden(
      'base.only_oneself',
      'Passwords and API keys of others are set on the command line only: see "tessera user --help".',
    )
  }

  get #system(): Records {
    return this.#services.asSystem('Who somebody is must be known before any rule can apply.')
  }
}

const sessionMs = 14 * 24 * 60 * 60_000
