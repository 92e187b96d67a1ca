import { Conflict, Forbidden, NotFound, permission, type Records, type Services, UserError } from '@tessera/core'
import { included } from './giver.ts'
import { demandPowerOver } from './rights.ts'
import { Session } from './session.model.ts'
import { User } from './user.model.ts'

declare module '@tessera/core' {
  interface Services {
    readonly viewAs: ViewAsService
  }
}

/** To look at the application as another user does. Administrators alone have it, and nobody whose own rights are less than the other's can use it. */
export const mayViewAs = permission('view-as', 'look as another user')

/** Lets an administrator see what another user sees. He changes nothing meanwhile: core refuses every write. */
export class ViewAsService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** From the next page on the session looks as the user, for an hour. */
  async begin(user: string): Promise<{ readonly name: string }> {
    const { caller, credential } = this.#services.context
    if (credential?.kind !== 'session' || caller.id === null)
      throw new UserError('base.view_as_signed_in', 'To look as another user one signs in with a browser.')
    if (credential.viewedBy) throw new Conflict('base.view_as_already', 'You are looking as {name} already. Stop that first.', caller)
    if (!caller.ability.may(mayViewAs)) throw new Forbidden('base.view_as_refused', 'Only an administrator may look as another user.')
    if (user === caller.id) throw new UserError('base.view_as_oneself', 'You are yourself already.')
    const other = await this.#system.find(User, { id: user, active: true })
    if (!other) throw new NotFound('base.view_as_nobody', 'There is no active user to look as.')
    if (await this.#mayEverything(user)) throw mayNotLookAs(other.name)
    await demandPowerOver(this.#services, user)
    const viewingUntil = new Date(this.#services.context.now.getTime() + longestMs)
    await this.#system.transaction(async () => {
      await this.#system.update(Session, credential.id, { viewing: user, viewingUntil })
      await this.#services.audit.note('view-as.begun', { model: 'user', record: user })
    })
    return { name: other.name }
  }

  /** The administrator is himself again. */
  async end(): Promise<void> {
    const { credential } = this.#services.context
    if (credential?.kind !== 'session') return
    // What is written now is written by the viewer: not a trace of it may name whom he looked as.
    const { asSystem } = this.#services.bySystem('Whoever stops looking as another user is himself again.')
    const system = asSystem('A session is changed by nobody but whose it is.')
    const { caller } = this.#services.context
    await system.transaction(async () => {
      await system.update(Session, credential.id, { viewing: null, viewingUntil: null })
      if (credential.viewedBy) await this.#services.audit.note('view-as.ended', { model: 'user', record: String(caller.id) })
    })
  }

  /** Whom the session of a user still looks as: for an hour, as long as he may, and never as another administrator. */
  async stillViewing(owner: string, viewing: string | undefined, until: Date | null): Promise<string | undefined> {
    const { access, context } = this.#services
    if (viewing === undefined || until === null || until <= context.now) return undefined
    const [own, other] = [await access.profileOf(owner), await access.profileOf(viewing)]
    if (!own || !other || !own.caller.ability.may(mayViewAs)) return undefined
    const { roles } = await access.policy()
    const has = own.caller.ability.roles
    const everything = (names: ReadonlySet<string>) => [...names].some((name) => roles.get(name)?.everything)
    if (everything(other.caller.ability.roles)) return undefined
    return everything(has) || [...other.caller.ability.roles].every((name) => has.has(name)) ? viewing : undefined
  }

  async #mayEverything(user: string): Promise<boolean> {
    const { access } = this.#services
    const [policy, profile] = [await access.policy(), await access.profileOf(user)]
    return [...included(policy, profile?.caller.ability.roles ?? [])].some((name) => policy.roles.get(name)?.everything)
  }

  get #system(): Records {
    return this.#services.asSystem('Sessions are known to nobody, and an administrator may look as others.')
  }
}

function mayNotLookAs(name: string): Forbidden {
  return new Forbidden('base.view_as_administrator', '{name} is an administrator, and nobody looks as another administrator.', { name })
}

const longestMs = 3_600_000
