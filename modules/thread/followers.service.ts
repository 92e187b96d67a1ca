import { staff, User } from '@tessera/base'
import { type ModelMeta, type Records, type Services, UserError } from '@tessera/core'
import { Follower } from './follower.model.ts'
import { tieTo } from './place.ts'

declare module '@tessera/core' {
  interface Services {
    readonly followers: FollowersService
  }
}

/** Somebody of the staff, by id and name. */
export interface Colleague {
  readonly id: string
  readonly name: string
  readonly email: string
}

/** Who hears of a record besides those whose work it is. Only staff follow, and only what they may read. */
export class FollowersService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** Has somebody follow a record from now on; nothing where he does so already, may not read it or is not of the staff. */
  async add(model: ModelMeta, id: string, user: string): Promise<boolean> {
    const field = tieTo(this.#services.app, Follower, model)
    if (field === undefined || !(await this.mayFollow(model, id, user))) return false
    // Two who mention him at the same time wait for each other, rather than for an error.
    await this.#services.records.transaction(async () => {
      await this.#services.records.alone(`follow ${id} ${user}`)
      const where = { [field]: id, user }
      if ((await this.#system.count(Follower, { where: where as never })) === 0) await this.#system.create(Follower, where as never)
    })
    return true
  }

  /** At somebody's own wish: a colleague is refused with the reason. */
  async invite(model: ModelMeta, id: string, user: string): Promise<void> {
    await this.#services.records.get(model.handle, id, ['id'] as never)
    if (await this.add(model, id, user)) return
    throw new UserError(
      'thread.cannot_follow',
      'Whom you chose may not read this, so there is nothing to hear of it for him. Choose somebody else, or give him the right first.',
    )
  }

  async remove(model: ModelMeta, id: string, user: string): Promise<void> {
    const field = tieTo(this.#services.app, Follower, model)
    if (field === undefined) return
    const { rows } = await this.#system.query(Follower, { fields: ['id'], where: { [field]: id, user } as never, limit: 1 })
    for (const row of rows) await this.#system.remove(Follower, row.id)
  }

  /** The ids of those who follow, whatever the caller may see; whoever tells them something asks what each may read. */
  async of(model: ModelMeta, id: string): Promise<readonly string[]> {
    const field = tieTo(this.#services.app, Follower, model)
    if (field === undefined) return []
    const { rows } = await this.#system.query(Follower, {
      fields: ['user'],
      where: { [field]: id, user: { active: true } } as never,
      limit: 200,
    })
    return rows.flatMap(({ user }) => (user ? [user.id] : []))
  }

  /** Whether somebody is of the staff and may read the record. */
  async mayFollow(model: ModelMeta, id: string, user: string): Promise<boolean> {
    const { access, mayRead } = this.#services
    const profile = await access.profileOf(user)
    return (profile?.caller.ability.has(staff) ?? false) && mayRead(user, model.handle, id)
  }

  /** Colleagues who may read the record and whose name or address fits what was typed: to be mentioned, or to follow. */
  async colleagues(model: ModelMeta, id: string, q: string, most = 8): Promise<readonly Colleague[]> {
    const found: Colleague[] = []
    const words = q.trim().slice(0, 100)
    const { rows } = await this.#system.query(User, {
      fields: ['name', 'email'],
      where: {
        active: true,
        staff: true,
        ...(words && { $or: [{ name: { $contains: words } }, { email: { $contains: words } }] }),
      } as never,
      order: { name: 'asc' },
      // Of many who fit, some may not read it.
      limit: most * 5,
    })
    for (const { id: user, name, email } of rows) {
      if (found.length === most) break
      if (await this.mayFollow(model, id, user)) found.push({ id: user, name, email })
    }
    return found
  }

  get #system(): Records {
    return this.#services.asSystem('Who follows a record is decided by whether he may read it, not by who writes it down.')
  }
}
