/** Makes what a request needs that is to be answered well: somebody who may, a link that was not used yet, a record in the right state. */

import { User } from '@tessera/base'
import type { Draft, Services } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import type { Answer, Ask, Wire } from './client.ts'
import type { WholeDesk } from './desk.ts'
import type { Crowd, Person } from './people.ts'

/** One request, by whom it is sent. */
export interface Aimed {
  readonly person: Person
  readonly ask: Ask
}
/** By the route as the router names it: `POST /sign-in`. */
export type Hints = Readonly<Record<string, (stage: Stage) => Promise<Aimed>>>
/** Somebody who is here only for this. */
export type Newcomer = Person & { readonly user: string }

export const password = 'kettle of purple fish'

export class Stage {
  readonly desk: WholeDesk
  readonly system: Services
  readonly #wire: Wire
  readonly #crowd: Crowd

  constructor(desk: WholeDesk, wire: Wire, crowd: Crowd, system: Services) {
    this.desk = desk
    this.system = system
    this.#wire = wire
    this.#crowd = crowd
  }

  /** Signed in, a moment ago. */
  somebody(role: string, more: { readonly password?: string } = {}): Promise<Newcomer> {
    return this.#crowd.newcomer(role, more)
  }
  get nobody(): Person {
    return this.#crowd.people.find(({ user }) => user === null)!
  }
  get program(): Person {
    return this.#crowd.people.find(({ role }) => role === 'intake')!
  }

  link(user: string, purpose: Parameters<Services['identity']['createLink']>[1]): Promise<string> {
    return this.system.identity.createLink(user, purpose)
  }

  /** What comes before the request that counts. */
  do(person: Person, ask: Ask): Promise<Answer> {
    return this.#wire.send(ask, this.#crowd.headersOf(person))
  }

  /** A customer, with a ticket of his own. */
  async customer(about: Partial<Draft<Ticket>> = {}): Promise<{ readonly person: Newcomer; readonly ticket: string }> {
    const { records } = this.system
    const person = await this.somebody('customer')
    const partner = (await records.create(Partner, { name: person.name, email: person.email })).id
    await records.update(User, person.user, { partner })
    this.desk.callers.forget()
    return { person, ticket: (await records.create(Ticket, { subject: 'A lamp is out', partner, ...about })).id }
  }
}

export function get(path: string): Ask {
  return { method: 'GET', path }
}
export function form(path: string, fields: Readonly<Record<string, string>> = {}): Ask {
  return { method: 'POST', path, body: String(new URLSearchParams(fields)), type: 'application/x-www-form-urlencoded' }
}
export function json(path: string, body: object, headers?: Readonly<Record<string, string>>): Ask {
  return { method: 'POST', path, body: JSON.stringify(body), type: 'application/json', headers }
}
