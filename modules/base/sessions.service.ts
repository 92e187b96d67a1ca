import { Conflict, Forbidden, NotFound, type Records, type Services } from '@tessera/core'
import { deviceInWords } from './device.ts'
import type { OpenedSession } from './identity.service.ts'
import { Session } from './session.model.ts'
import { hashOf, newToken } from './token.ts'

declare module '@tessera/core' {
  interface Services {
    sessions: SessionService
  }
}

/** Where somebody is signed in, as he can recognise it. */
export interface LivingSession {
  readonly id: string
  /** "Firefox on Windows". */
  readonly device: string
  readonly ip: string | null
  readonly since: Date
  readonly seenAt: Date
  /** The session of this very request. */
  readonly isThis: boolean
}

/** Where users are signed in. */
export class SessionService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** The caller's own, the latest seen first. */
  async own(): Promise<readonly LivingSession[]> {
    return this.of(this.#self())
  }

  /** Those of any user. It asks nobody: whoever shows them has checked that he may. */
  async of(user: string): Promise<readonly LivingSession[]> {
    const { now } = this.#services.context
    const { rows } = await this.#system.query(Session, {
      fields: ['agent', 'ip', 'createdAt', 'seenAt'],
      where: { user, expiresAt: { $gt: now }, seenAt: { $gt: new Date(now.getTime() - idleMs) } },
      order: { seenAt: 'desc' },
      limit: 50,
    })
    return rows.map(({ id, agent, ip, createdAt, seenAt }) => ({
      id,
      device: deviceInWords(agent, this.#services.text),
      ip,
      since: createdAt,
      seenAt,
      isThis: id === this.#current,
    }))
  }

  /** Ends one of the caller's own. */
  async end(id: string): Promise<void> {
    const session = await this.#system.find(Session, { id, user: this.#self() })
    if (!session) throw new NotFound('base.no_session', 'This session has ended already.')
    await this.#system.transaction(async () => {
      await this.#system.remove(Session, session.id)
      await this.#services.audit.note('session.ended', { model: 'user', record: session.user.id, details: { session: session.id } })
    })
  }

  /** Ends all of the caller's own but the one in which he says so. */
  async endOthers(): Promise<number> {
    const user = this.#self()
    return this.#system.transaction(async () => {
      const sessions = await this.endAll(user, this.#current)
      if (sessions > 0) await this.#services.audit.note('session.ended', { model: 'user', record: user, details: { sessions } })
      return sessions
    })
  }

  /** Ends all of a user's, but one if it is named. Who may is decided by whoever calls this. */
  async endAll(user: string, but?: string): Promise<number> {
    let ended = 0
    for (;;) {
      const where = { user, ...(but !== undefined && { id: { $ne: but } }) }
      const { rows } = await this.#system.query(Session, { fields: ['id'], where, limit: 200 })
      for (const { id } of rows) await this.#system.remove(Session, id)
      ended += rows.length
      if (rows.length < 200) return ended
    }
  }

  /** The caller has just shown that it is he. */
  async confirmed(): Promise<void> {
    if (this.#current !== undefined) await this.#system.update(Session, this.#current, { confirmedAt: this.#services.context.now })
  }

  /** The rights of a user have changed: what was good for the old ones is given a new token at its next page. */
  async renewAll(user: string): Promise<void> {
    const { rows } = await this.#system.query(Session, { fields: ['id'], where: { user, renew: false }, limit: 200 })
    for (const { id } of rows) await this.#system.update(Session, id, { renew: true })
  }

  /**
   * A new token for a session that needs one. The old one lives on for half a minute, for requests that are under way; undefined
   * when somebody else has the new one already.
   */
  async renew(token: string): Promise<OpenedSession | undefined> {
    const tokenHash = hashOf(token)
    const session = await this.#system.find(Session, { tokenHash, renew: true })
    // Found first and read then: in between, another page may have renewed it, and the version read is already the next.
    if (session?.tokenHash !== tokenHash) return undefined
    const fresh = newToken()
    const formerUntil = new Date(this.#services.context.now.getTime() + inFlightMs)
    const changes = { tokenHash: hashOf(fresh), formerHash: tokenHash, formerUntil, renew: false }
    try {
      await this.#system.update(Session, session.id, changes, session.version)
    } catch (error) {
      if (error instanceof Conflict) return undefined
      throw error
    }
    return { token: fresh, expires: session.expiresAt }
  }

  get #current(): string | undefined {
    const { credential } = this.#services.context
    return credential?.kind === 'session' ? credential.id : undefined
  }

  #self(): string {
    const { caller, credential } = this.#services.context
    if (caller.id === null || (credential?.kind === 'session' && credential.viewedBy))
      throw new Forbidden('base.only_own_sessions', 'Sessions are looked at and ended by whose they are.')
    return caller.id
  }

  get #system(): Records {
    return this.#services.asSystem('Sessions are known to nobody but whose they are.')
  }
}

/** A session that nobody used for so long is over. */
export const idleMs = 12 * 3_600_000
const inFlightMs = 30_000
