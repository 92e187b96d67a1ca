import { demandConfirmed, Forbidden, type Records, type Services } from '@tessera/core'
import { ApiKey } from './api-key.model.ts'
import { giverOf } from './giver.ts'
import { isWithin } from './rights.ts'
import { hashOf, newToken } from './token.ts'

declare module '@tessera/core' {
  interface Services {
    readonly keys: KeyService
  }
}

/** What a key is kept to. */
export interface KeyLimits {
  readonly expiresAt?: Date | null | undefined
  /** Web sites whose pages may use it. */
  readonly origins?: readonly string[] | undefined
  /** `ticket:read`; without scopes it may do all that its owner may. */
  readonly scopes?: readonly string[] | null | undefined
  /** Requests; 600 unless told. */
  readonly perMinute?: number | undefined
}

/** API keys: what programs sign in with. */
export class KeyService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** A key for oneself, or for anybody from the command line. `key` is shown now and never again. */
  async create(user: string, name: string, limits: KeyLimits = {}): Promise<{ readonly id: string; readonly key: string }> {
    const { caller, door, credential } = this.#services.context
    if (caller.id !== user && door !== 'cli' && door !== 'system')
      throw new Forbidden(
        'base.key_of_oneself',
        'A key is made by the one whose rights it has, or on the command line: see "tessera apikey --help".',
      )
    demandConfirmed(this.#services.context)
    const { expiresAt = null, origins = [], perMinute = usual } = limits
    const scopes = limits.scopes ?? null
    if (credential?.kind === 'key' && !isWithin(scopes ?? undefined, credential.scopes))
      throw new Forbidden(
        'base.key_wider_than_its_maker',
        'A key cannot make one that may do more than it may itself: it has the scopes {scopes}.',
        {
          scopes: credential.scopes?.join(', '),
        },
      )
    const giver = await giverOf(this.#services)
    if (giver && !giver.isAdministrator && perMinute > usual)
      throw new Forbidden('base.key_too_fast', 'Only an administrator lets a key make more than {usual} requests a minute.', { usual })
    const key = `tk_${newToken()}`
    const kept = { tokenHash: hashOf(key), prefix: key.slice(0, 8) }
    const { id } = await this.#system.create(ApiKey, { name, user, ...kept, expiresAt, origins, scopes, perMinute })
    return { id, key }
  }

  get #system(): Records {
    return this.#services.asSystem('A key is made here and nowhere else, where it can be shown.')
  }
}

const usual = 600
