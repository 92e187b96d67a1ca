import { randomBytes } from 'node:crypto'
import type { Records, Services } from '@tessera/core'
import { sealsAudit } from './audit.job.ts'
import { personalHashOf } from './audit-chain.ts'
import { AuditEntry } from './audit-entry.model.ts'
import type { AuditKind } from './audit-kinds.ts'
import { AuditPersonal } from './audit-personal.model.ts'

declare module '@tessera/core' {
  interface Services {
    readonly audit: AuditService
  }
}

/** What a deed was about. */
export interface Noted {
  /** The model and the record that it was done to, by their names: `user` and its id. */
  readonly model?: string | undefined
  readonly record?: string | undefined
  /** The user whom it concerns, where that is not the record itself. */
  readonly user?: string | undefined
  /** What else shall be known for ever. Never personal, never secret. */
  readonly details?: object | undefined
  /** What is known of people: names, addresses, the device. It can be erased, and the entry stays. */
  readonly personal?: object | undefined
}

/** Keeps what matters to security: who did what, when and through which door. Nothing of it is changed or removed afterwards. */
export class AuditService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** In the transaction of the deed, so that neither is kept without the other; alone where there is none. */
  async note(kind: AuditKind, about: Noted = {}): Promise<void> {
    const { context } = this.#services
    const { caller, credential } = context
    const viewedBy = credential?.kind === 'session' ? credential.viewedBy : undefined
    const subject = about.user ?? (about.model === 'user' ? about.record : undefined)
    // Whoever signs in is nobody until he has: he is the one whom it concerns.
    const actor = viewedBy?.id ?? caller.id ?? (ownDeeds.has(kind) ? subject : undefined) ?? null
    const details = fit({
      ...about.details,
      ...(credential?.kind === 'key' && { key: credential.id }),
      ...(viewedBy && caller.id !== null && { as: caller.id }),
    })
    const name = viewedBy?.name ?? (caller.id === null ? undefined : caller.name)
    const personal = fit({ ...(name !== undefined && { by: name }), ...about.personal })
    const salt = randomBytes(16).toString('hex')
    const isPersonal = Object.keys(personal).length > 0
    await this.#system.transaction(async () => {
      const { id } = await this.#system.create(
        AuditEntry,
        {
          at: context.now,
          kind,
          actor,
          door: context.door,
          subject: subject ?? null,
          model: about.model ?? null,
          record: about.record ?? null,
          details,
          personalHash: isPersonal ? personalHashOf(salt, personal) : null,
        },
        ['kind'],
      )
      if (isPersonal) await this.#system.create(AuditPersonal, { entry: id, salt, details: personal }, ['salt'])
      this.#system.atEnd(wake, undefined)
    })
  }

  get #system(): Records {
    // In nobody's name: also what somebody does who looks as another user is written, and not as that user's.
    return this.#services.bySystem('The audit log is written by what happens.').asSystem('The audit log is written by nobody.')
  }
}

const ownDeeds: ReadonlySet<AuditKind> = new Set<AuditKind>([
  'sign-in',
  'sign-out',
  'recovery-code.used',
  'password.changed',
  'identity.linked',
])

/** Once for each transaction, however much it notes. */
async function wake(_: readonly undefined[], { jobs }: Services): Promise<void> {
  await jobs.send(sealsAudit, {})
}

/** As the database keeps it: no dates, no half characters, and no text that somebody sends to fill it. */
function fit(values: object): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(values, (_, value: unknown) => (typeof value === 'string' ? shortened(value) : value)))
}

function shortened(text: string): string {
  return text.replaceAll('\0', '').slice(0, longest).toWellFormed()
}
const longest = 1_000
