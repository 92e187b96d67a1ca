import { setTimeout as pause } from 'node:timers/promises'
import { Conflict, Forbidden, type Identity, type Records, type Services, TooMany, Unauthorized, UserError } from '@tessera/core'
import { ApiKey } from './api-key.model.ts'
import { originsOfKeys } from './key-origins.ts'
import { Link } from './link.model.ts'
import { mailsLink } from './link-mail.ts'
import { networkOf } from './network.ts'
import { Busy, checkPassword, hashPassword, isPasswordOf } from './password.ts'
import { keep, type Remembered, type RememberedKey, type RememberedSession, type Remembering, rememberedBy } from './remembered.ts'
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

/** Where somebody signs in from, to recognise the session later. */
export interface Origin {
  readonly ip?: string | undefined
  readonly agent?: string | undefined
}

/** Who somebody is: passwords, sessions, one-time links, API keys. Of each secret only a hash is kept. */
export class IdentityService implements Identity {
  readonly #services: Services
  readonly #remembered: Remembered

  constructor(services: Services) {
    this.#services = services
    this.#remembered = rememberedBy(services.app)
  }

  async userOfKey(
    token: string,
  ): Promise<{ readonly user: string; readonly key: string; readonly origins: readonly string[] } | undefined> {
    const hash = hashOf(token)
    const key = this.#remembered.keys.get(hash) ?? (await this.#findKey(hash))
    if (!key || (key.expiresAt && key.expiresAt <= this.#now)) return undefined
    await this.#noteUse(key, () => this.#system.update(ApiKey, key.id, { lastUsedAt: this.#now }))
    return { user: key.user, key: key.id, origins: key.origins }
  }

  /** Whether a key that works may be used by pages of this origin. */
  async servesOrigin(origin: string): Promise<boolean> {
    const origins = this.#remembered.origins ?? originsOfKeys(this.#system)
    this.#remembered.origins = origins
    // A failed look-up must not stay: the next request looks again.
    origins.catch(() => this.forget())
    const until = (await origins).get(origin)
    return until !== undefined && until > this.#now.getTime()
  }

  async userOfSession(token: string): Promise<{ readonly user: string } | undefined> {
    const hash = hashOf(token)
    const session = this.#remembered.sessions.get(hash) ?? (await this.#findSession(hash))
    if (!session || session.expiresAt <= this.#now || session.usedAt.getTime() + idleMs <= this.#now.getTime()) return undefined
    await this.#noteUse(session, () => this.#system.update(Session, session.id, { seenAt: this.#now }))
    return { user: session.user }
  }

  /** Drops what this process keeps of keys and sessions; core calls it when one of the announced models changes anywhere. */
  forget(): void {
    // New ones: a look-up that began before the change still fills the one that it found.
    this.#remembered.keys = new Map()
    this.#remembered.origins = undefined
    this.#remembered.sessions = new Map()
  }

  /** Neither the answer nor its time tells whether there is such an account. TooMany (429) from an address that tried too often. */
  async signIn(email: string, password: string, from: Origin = {}): Promise<OpenedSession> {
    const address = email.trim().toLowerCase()
    const account = `sign-in as ${hashOf(address)}`
    await this.#refuseEager('sign-in', from, mostAttempts, minute)
    await this.#slowDown(account)
    const user = await this.#system.find(User, { email: address })
    const isRight = await isPasswordOf(user?.passwordHash, password)
    if (!user?.active || !isRight) {
      throw new Unauthorized(
        'base.sign_in_refused',
        'This email address and password do not belong together. Check both, or ask an administrator for a sign-in link.',
      )
    }
    await this.#services.limits.clear(account)
    return this.openSession(user.id, from)
  }

  /** Signs a user in without asking for anything: whoever calls this has made sure who it is. */
  async openSession(user: string, from: Origin = {}): Promise<OpenedSession> {
    const token = newToken()
    const expires = this.#in(sessionMs)
    await this.#system.create(Session, {
      tokenHash: hashOf(token),
      user,
      expiresAt: expires,
      seenAt: this.#now,
      ip: from.ip ?? null,
      agent: from.agent?.slice(0, 255) ?? null,
    })
    await this.#system.update(User, user, { lastSignInAt: this.#now })
    return { token, expires }
  }

  /** Ends one session; a token that belongs to none is no error. */
  async signOut(token: string): Promise<void> {
    const session = await this.#system.find(Session, { tokenHash: hashOf(token) })
    if (session) await this.#system.remove(Session, session.id)
  }

  /** Ends all sessions and links of a user, used or not. */
  async signOutEverywhere(user: string): Promise<void> {
    const mine = { fields: ['id'], where: { user }, limit: 200 } as const
    for (;;) {
      const [sessions, links] = [await this.#system.query(Session, mine), await this.#system.query(Link, mine)]
      for (const { id } of sessions.rows) await this.#system.remove(Session, id)
      for (const { id } of links.rows) await this.#system.remove(Link, id)
      if (sessions.rows.length < mine.limit && links.rows.length < mine.limit) return
    }
  }

  /** The token of a link that signs the user in once: within 15 minutes, or 24 hours for the first administrator. */
  async createLink(user: string, purpose: Link['purpose']): Promise<string> {
    const token = newToken()
    await this.#system.create(Link, { tokenHash: hashOf(token), user, purpose, expiresAt: this.#in(linkMs[purpose]) })
    return token
  }

  /**
   * Mails a link that signs in to whoever has this address. Neither the answer nor its time tells whether anybody does, for a job
   * looks that up. TooMany (429) for an address or from a network that asked too often.
   */
  async mailLink(email: string, from: Origin = {}): Promise<void> {
    const address = email.trim().toLowerCase()
    await this.#refuseEager('link', from, mostLinksOfNetwork, hour)
    const { count, seconds } = await this.#services.limits.count(`link to ${hashOf(address)}`, hour / 1000)
    if (count > mostLinks)
      throw new TooMany(
        'base.too_many_links',
        'This address was sent {most} links within an hour. Look into the folder for spam, or try again in {minutes} minutes.',
        seconds,
        { most: mostLinks, minutes: Math.ceil(seconds / 60) },
      )
    await this.#services.jobs.send(mailsLink, { email: address.slice(0, 254), locale: this.#services.context.locale })
  }

  /** Uses a link up and signs its user in. Only ever called by a POST: a mail scanner follows links, but sends no forms. */
  async useLink(token: string, from: Origin = {}): Promise<OpenedSession> {
    const link = await this.#findLink(token)
    await this.#useUp(link)
    return this.openSession(link.user.id, from)
  }

  /** Whom a link signs in, without using it: so that its page can greet him. */
  async holderOf(token: string): Promise<{ readonly name: string; readonly email: string }> {
    const { user } = await this.#findLink(token)
    return { name: user.name, email: user.email }
  }

  /** The first administrator takes over his account: the link is used up, who he is and his password are written, he is signed in. */
  async claim(
    token: string,
    about: { readonly name: string; readonly email: string; readonly password: string },
    from: Origin = {},
  ): Promise<OpenedSession> {
    const link = await this.#findLink(token)
    if (link.purpose !== 'first-run') throw linkIsOver()
    checkPassword(about.password)
    const passwordHash = await hashPassword(about.password)
    return this.#system.transaction(async () => {
      await this.#useUp(link)
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
  async createKey(
    user: string,
    name: string,
    expiresAt: Date | null = null,
    origins: readonly string[] = [],
  ): Promise<{ readonly id: string; readonly key: string }> {
    this.#refuseOthers(user)
    const key = `tk_${newToken()}`
    const { id } = await this.#system.create(ApiKey, { name, user, tokenHash: hashOf(key), prefix: key.slice(0, 8), expiresAt, origins })
    return { id, key }
  }

  /** Ends a key at once, in every process. Who may is decided by the caller's rules. */
  async revokeKey(id: string): Promise<void> {
    await this.#services.records.remove(ApiKey, id)
  }

  async #findLink(token: string): Promise<Link> {
    const link = await this.#system.find(Link, { tokenHash: hashOf(token) })
    if (!link || link.usedAt || link.expiresAt <= this.#now || !link.user.active) throw linkIsOver()
    if (link.purpose === 'first-run' && (await this.#isAdministered())) throw linkIsOver()
    return link
  }

  /** Whether an administrator has a password: then every link that a start has printed is over, whomever it was for. */
  async #isAdministered(): Promise<boolean> {
    const names = [...this.#services.app.roles.values()].filter(({ everything }) => everything).map(({ name }) => name)
    const claimed = { active: true, passwordHash: { $ne: null }, roles: { name: { $in: names } } }
    return (await this.#system.count(User, { where: claimed })) > 0
  }

  /** Refuses an address that tried too often, whomever it tried to be. */
  async #refuseEager(what: 'sign-in' | 'link', { ip }: Origin, most: number, milliseconds: number): Promise<void> {
    if (ip === undefined) return
    const { count, seconds } = await this.#services.limits.count(`${what} from ${hashOf(networkOf(ip))}`, milliseconds / 1000)
    if (count > most)
      throw new TooMany(
        'base.too_many',
        'There were too many attempts to sign in from your network. Try again in {seconds} seconds.',
        seconds,
      )
  }

  /** Each attempt at an account that nobody got into lately takes longer. It is never refused: else others could lock its owner out. */
  async #slowDown(account: string): Promise<void> {
    const { count } = await this.#services.limits.count(account, quarter / 1000)
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

  /** The version decides between two who use it at the same moment. */
  async #useUp(link: Link): Promise<void> {
    try {
      await this.#system.update(Link, link.id, { usedAt: this.#now }, link.version)
    } catch (error) {
      throw error instanceof Conflict ? linkIsOver() : error
    }
  }

  async #findKey(tokenHash: string): Promise<RememberedKey | undefined> {
    const { keys } = this.#remembered
    const key = await this.#system.find(ApiKey, { tokenHash, user: { active: true } })
    if (!key) return undefined
    const { id, expiresAt, lastUsedAt, origins } = key
    return keep(keys, tokenHash, { id, user: key.user.id, expiresAt, origins, usedAt: lastUsedAt ?? new Date(0) })
  }

  async #findSession(tokenHash: string): Promise<RememberedSession | undefined> {
    const { sessions } = this.#remembered
    const session = await this.#system.find(Session, { tokenHash, user: { active: true } })
    if (!session) return undefined
    const { id, expiresAt, seenAt } = session
    return keep(sessions, tokenHash, { id, user: session.user.id, expiresAt, usedAt: seenAt })
  }

  /** At most once a minute: reading must not cost a write each time. */
  async #noteUse(used: Remembering, write: () => Promise<unknown>): Promise<void> {
    if (this.#now.getTime() - used.usedAt.getTime() < noteMs) return
    used.usedAt = this.#now
    await write()
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
  get #now(): Date {
    return this.#services.context.now
  }
  #in(milliseconds: number): Date {
    return new Date(this.#now.getTime() + milliseconds)
  }
}

const minute = 60_000
const hour = 60 * minute
const sessionMs = 14 * 24 * hour
const idleMs = 12 * hour
const linkMs = { 'first-run': 24 * hour, 'sign-in': 15 * minute }
const noteMs = minute
const quarter = 15 * minute
/** A minute, from one network. */
const mostAttempts = 10
/** An hour: to one address, and asked for from one network, behind which a whole office may be. */
const mostLinks = 3
const mostLinksOfNetwork = 30
/** At once in one process: more would take the places of those who work. */
const mostPausing = 64
let pausing = 0

/** Milliseconds before the nth attempt in a row: three are free, then half a second, doubled up to eight. */
export function pauseBefore(attempt: number): number {
  return attempt <= 3 ? 0 : Math.min(500 * 2 ** (attempt - 4), 8_000)
}

function linkIsOver(): UserError {
  return new UserError('base.link_over', 'This sign-in link was used already or has expired. Ask for a new one.')
}
