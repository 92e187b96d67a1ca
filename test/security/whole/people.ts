/** Somebody in every role that there is, two in roles made here, a program with a narrow key, and nobody. */
import { Role, RuleSet } from '@tessera/base'
import type { RuleSource, Services } from '@tessera/core'
import { csrfToken } from '../../../core/http/csrf.ts'
import type { WholeDesk } from './desk.ts'
import { attach } from './population.ts'
import type { Someone } from './truth.ts'

export interface Person {
  readonly name: string
  readonly role: string | undefined
  /** Null for nobody. */
  readonly user: string | null
  readonly email: string
  /** Programs with a key open no pages. */
  readonly isProgram: boolean
}

const me = (field: string) => ({ placeholder: 'me', field })

/** Rules that only this deployment has: with `cannot`, of fields, through relations to one and to many. */
const localRoles: Readonly<Record<string, { includes: readonly string[]; sets: Readonly<Record<string, readonly RuleSource[]>> }>> = {
  nightDesk: {
    includes: ['staff'],
    sets: {
      ticket: [
        {
          verbs: ['read', 'update', 'close', 'reply', 'note', 'assign'],
          where: { partner: { company: { tickets: { team: me('teamIds') } } } },
        },
        { verbs: ['create', 'read'], where: { team: me('teamIds') } },
        { verbs: ['read'], where: { status: { category: 'closed' } }, cannot: true },
        { verbs: ['read'], fields: ['externalId', 'closeReason'], cannot: true },
        { verbs: ['read', 'update'], fields: ['description'], where: { priority: { level: { $gte: 3 } } }, cannot: true },
        { verbs: ['update'], fields: ['assignee'], cannot: true },
      ],
      partner: [
        { verbs: ['read'], where: { tickets: { team: me('teamIds') } }, fields: ['name', 'city', 'company', 'tags'] },
        { verbs: ['read'], where: { company: { id: me('partnerId') } }, fields: ['email'] },
        { verbs: ['update'], where: { id: me('partnerId') }, fields: ['city'] },
      ],
      team: [{ verbs: ['read'], where: { members: me('id') } }],
      user: [
        { verbs: ['read'], fields: ['name'] },
        { verbs: ['read'], where: { active: false }, cannot: true },
      ],
      message: [{ verbs: ['read'], where: { kind: 'public' } }],
      ticketStatus: [{ verbs: ['read'] }],
      ticketTag: [{ verbs: ['read'], where: { createdBy: { $ne: null } } }],
      '': [{ permission: 'reporting.read' }],
    },
  },
  mutedManager: {
    includes: ['manager'],
    sets: {
      ticket: [
        { verbs: ['read', 'update', 'delete'], where: { $or: [{ team: null }, { tags: { name: { $contains: 'a' } } }] }, cannot: true },
      ],
      partner: [{ verbs: ['read', 'update', 'create'], fields: ['email', 'phone', 'externalId'], cannot: true }],
      message: [{ verbs: ['read'], where: { kind: 'note' }, cannot: true }],
      outboxMessage: [{ verbs: ['read'], cannot: true }],
      team: [{ verbs: ['update', 'delete'], where: { leader: { $ne: me('id') } }, cannot: true }],
    },
  },
}

/** Makes the roles, and one person in each role. */
export async function peopleOf(desk: WholeDesk): Promise<readonly Person[]> {
  const system = await desk.servicesFor({ door: 'system' })
  for (const [name, { includes, sets }] of Object.entries(localRoles)) await makeRole(system, name, includes, sets)
  const { roles, broken } = await system.access.policy()
  if (broken.length > 0) throw new Error(`A rule of this test does not fit: ${broken.map(({ sentence }) => sentence).join(' ')}`)
  const people: Person[] = [{ name: 'nobody', role: undefined, user: null, email: '', isProgram: false }]
  for (const role of roles.keys()) people.push(await personIn(system, role, role))
  people.push({ ...(await personIn(system, 'manager', 'program')), isProgram: true })
  return people
}

const scopesOfProgram = ['ticket:read', 'ticket:note', 'partner:*', '*:create', 'message:read']

async function personIn(
  { identity }: Services,
  role: string,
  name: string,
  more: { readonly password?: string } = {},
): Promise<Person & { readonly user: string }> {
  const email = `${name.toLowerCase()}@people.example`
  const { id } = await identity.createUser({ email, name: `The ${name}`, roles: [role], ...more })
  return { name, role, user: id, email, isProgram: false }
}

async function makeRole(
  { records }: Services,
  name: string,
  includes: readonly string[],
  sets: Readonly<Record<string, readonly RuleSource[]>>,
): Promise<void> {
  const { id } = await records.create(Role, { name, label: name, includes: includes.map((code) => ({ code })) })
  for (const [model, rules] of Object.entries(sets)) await records.create(RuleSet, { role: id, ...(model !== '' && { model }), rules })
}

/** Holds what somebody signs in with, and puts people back into their places after generated requests have moved them. */
export class Crowd {
  readonly people: readonly Person[]
  readonly #desk: WholeDesk
  readonly #credentials = new Map<string, Readonly<Record<string, string>>>()
  #kept: readonly (readonly [string, readonly Record<string, unknown>[]])[] = []

  constructor(desk: WholeDesk, people: readonly Person[]) {
    this.#desk = desk
    this.people = people
  }

  get users(): readonly string[] {
    return this.people.flatMap(({ user }) => user ?? [])
  }

  headersOf({ name }: Person): Readonly<Record<string, string>> {
    return this.#credentials.get(name) ?? {}
  }

  /** The ability and the values that the policy gives, as the door would find them. */
  async someone({ user, isProgram }: Person): Promise<Someone> {
    const { callers } = this.#desk
    if (user === null) return { ability: callers.anonymous.ability, me: {} }
    const profile = await callers.profileOf(user, isProgram ? scopesOfProgram : undefined)
    if (!profile) throw new Error(`The user ${user} is gone.`)
    return { ability: profile.caller.ability, me: profile.caller.me }
  }

  /** What generated requests may break and must not: who is in which role, and what the roles may. */
  async remember(): Promise<void> {
    this.#kept = await Promise.all(
      authority.map(async (table) => [table, (await this.#desk.connection.pool.query(`select * from "${table}"`)).rows] as const),
    )
  }

  async restore(): Promise<void> {
    const { connection, composition } = this.#desk
    for (const [table, rows] of this.#kept) {
      const given = JSON.stringify(rows)
      const all = `select * from json_populate_recordset(null::"${table}", $1)`
      if (table === 'role') {
        await connection.run(`insert into "role" ${all} on conflict do nothing`, [given])
        await connection.run(`update "role" t set "name" = k."name" from (${all}) k where t."id" = k."id"`, [given])
        continue
      }
      if (table === 'user_roles') await connection.run('delete from "user_roles" where "user_id" = any($1::uuid[])', [this.users])
      else await connection.run(`delete from "${table}"`, [])
      await connection.run(`insert into "${table}" ${all} on conflict do nothing`, [given])
    }
    await attach(this.#desk, composition.models.actor!, this.users)
    await this.signIn()
  }

  /** One more person, with a session that nobody else's requests end. */
  async newcomer(role: string, more: { readonly password?: string } = {}): Promise<Person & { readonly user: string }> {
    const system = await this.#desk.servicesFor({ door: 'system' })
    this.#newcomers += 1
    const person = await personIn(system, role, `walker${this.#newcomers}`, more)
    await this.#openSession(system, person.name, person.user)
    return person
  }
  #newcomers = 0

  async #openSession({ identity }: Services, name: string, user: string): Promise<void> {
    const { token } = await identity.openSession(user)
    this.#credentials.set(name, { cookie: `tessera=${token}`, 'x-csrf-token': csrfToken(token), token })
  }

  /** Opens a session for whoever has none that works. */
  async signIn(): Promise<void> {
    const system = await this.#desk.servicesFor({ door: 'system' })
    const { identity } = system
    for (const { name, user, isProgram } of this.people) {
      if (user === null) continue
      const token = this.#credentials.get(name)?.token
      if (isProgram) {
        if (this.#credentials.has(name)) continue
        const { id, key } = await identity.createKey(user, 'A program')
        await this.#desk.connection.run('update "api_key" set "scopes" = $2, "per_minute" = 1000000 where "id" = $1', [
          id,
          JSON.stringify(scopesOfProgram),
        ])
        this.#credentials.set(name, { authorization: `Bearer ${key}` })
        continue
      }
      const known = token === undefined ? undefined : await identity.userOfSession(token)
      // One who looks as somebody else begins anew.
      if (!known || known.viewing !== undefined) await this.#openSession(system, name, user)
    }
  }
}

const authority = ['role', 'role_includes', 'rule_set', 'user_roles']
