import type { KnownKey, KnownSession, Records, Services } from '@tessera/core'
import { ApiKey } from './api-key.model.ts'
import { originsOfKeys } from './key-origins.ts'
import { keep, type Remembered, type RememberedKey, type RememberedSession, type Remembering, rememberedBy } from './remembered.ts'
import { Session } from './session.model.ts'
import { idleMs } from './sessions.service.ts'
import { hashOf } from './token.ts'

/** Whose a key or a session is: looked up once in each process, and written down at most once a minute. */
export class Recognition {
  readonly #services: Services
  readonly #remembered: Remembered

  constructor(services: Services) {
    this.#services = services
    this.#remembered = rememberedBy(services.app)
  }

  async ofKey(token: string): Promise<KnownKey | undefined> {
    const hash = hashOf(token)
    const key = this.#remembered.keys.get(hash) ?? (await this.#findKey(hash))
    if (!key || (key.expiresAt && key.expiresAt <= this.#now)) return undefined
    await this.#noteUse(key, () => this.#system.update(ApiKey, key.id, { lastUsedAt: this.#now }))
    return { user: key.user, key: key.id, origins: key.origins, scopes: key.scopes ?? undefined, perMinute: key.perMinute }
  }

  async ofSession(token: string): Promise<KnownSession | undefined> {
    const hash = hashOf(token)
    const session = this.#remembered.sessions.get(hash) ?? (await this.#findSession(hash))
    if (!session || session.expiresAt <= this.#now || session.usedAt.getTime() + idleMs <= this.#now.getTime()) return undefined
    await this.#noteUse(session, () => this.#system.update(Session, session.id, { seenAt: this.#now }))
    const { id, user, confirmedAt, renew } = session
    const viewing = session.viewing && (await this.#services.viewAs.stillViewing(user, session.viewing, session.viewingUntil))
    return { id, user, confirmedAt, viewing, renew }
  }

  async servesOrigin(origin: string): Promise<boolean> {
    const origins = this.#remembered.origins ?? originsOfKeys(this.#system)
    this.#remembered.origins = origins
    // A failed look-up must not stay: the next request looks again.
    origins.catch(() => this.forget())
    const until = (await origins).get(origin)
    return until !== undefined && until > this.#now.getTime()
  }

  forget(): void {
    // New ones: a look-up that began before the change still fills the one that it found.
    this.#remembered.keys = new Map()
    this.#remembered.origins = undefined
    this.#remembered.sessions = new Map()
  }

  async #findKey(tokenHash: string): Promise<RememberedKey | undefined> {
    const { keys } = this.#remembered
    const key = await this.#system.find(ApiKey, { tokenHash, user: { active: true } })
    if (!key) return undefined
    const { id, expiresAt, lastUsedAt, origins, scopes, perMinute } = key
    return keep(keys, tokenHash, { id, user: key.user.id, expiresAt, origins, scopes, perMinute, usedAt: lastUsedAt ?? new Date(0) })
  }

  async #findSession(tokenHash: string): Promise<RememberedSession | undefined> {
    const { sessions } = this.#remembered
    const session =
      (await this.#system.find(Session, { tokenHash, user: { active: true } })) ??
      (await this.#system.find(Session, { formerHash: tokenHash, formerUntil: { $gt: this.#now }, user: { active: true } }))
    if (!session) return undefined
    const { id, seenAt, confirmedAt, viewing, viewingUntil } = session
    // A token that was replaced is good for requests that are under way, and is not replaced again.
    const isFormer = session.tokenHash !== tokenHash
    const expiresAt = isFormer && session.formerUntil ? session.formerUntil : session.expiresAt
    const renew = session.renew && !isFormer
    return keep(sessions, tokenHash, {
      id,
      user: session.user.id,
      expiresAt,
      usedAt: seenAt,
      confirmedAt,
      viewing: viewing?.id,
      viewingUntil,
      renew,
    })
  }

  /** At most once a minute: reading must not cost a write each time. */
  async #noteUse(used: Remembering, write: () => Promise<unknown>): Promise<void> {
    if (this.#now.getTime() - used.usedAt.getTime() < noteMs) return
    used.usedAt = this.#now
    await write()
  }

  get #system(): Records {
    return this.#services.asSystem('Whose a key or a session is must be known before any rule can apply.')
  }
  get #now(): Date {
    return this.#services.context.now
  }
}

const noteMs = 60_000
