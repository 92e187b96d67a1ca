/** People for tests: made and signed in as the application itself does it. */
import type { Changes, Erased } from '../model/types.ts'
import type { Services } from '../service/services.ts'
import type { TestApp } from './index.ts'

export interface SignedIn {
  readonly user: string
  readonly email: string
  /** An API key of theirs. */
  readonly key: string
  /** Services with their rights, as behind a request. */
  services(): Promise<Services>
  /** `fetch` against the application's own address, with their key. */
  fetch(path: string, init?: RequestInit): Promise<Response>
}

/** What the identity service of the `base` module offers beyond the seam that core knows. */
interface Accounts {
  createUser(about: { email: string; name: string; roles: readonly string[]; password?: string }): Promise<{ readonly id: string }>
  createKey(user: string, name: string): Promise<{ readonly key: string }>
}

let people = 0

/** A new user with one role and an address of his own. `more` are further values of his record. */
export async function userAs(app: TestApp, role: string, more: Readonly<Record<string, unknown>> = {}) {
  people += 1
  const email = `${role.toLowerCase()}.${people}@example.org`
  const system = await app.servicesFor({ door: 'system' })
  const identity = system.identity as unknown as Accounts
  const { id } = await identity.createUser({ email, name: `${role} ${people}`, roles: [role] })
  const actor = app.composition.models.actor
  if (actor && Object.keys(more).length > 0)
    await system.asSystem('a test prepares a user').update(actor.handle, id, more as Changes<Erased>)
  return { id, email, identity }
}

/** The same with an API key, with which he asks. */
export async function signedInAs(app: TestApp, role: string, more: Readonly<Record<string, unknown>> = {}): Promise<SignedIn> {
  const { id: user, email, identity } = await userAs(app, role, more)
  const { key } = await identity.createKey(user, 'test')
  return {
    user,
    email,
    key,
    services: () => app.servicesFor({ door: 'api', user }),
    async fetch(path, init = {}) {
      const address = await app.listen()
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${key}`)
      if (init.body !== undefined && init.body !== null && !headers.has('content-type')) headers.set('content-type', 'application/json')
      return fetch(new URL(path, address), { redirect: 'manual', ...init, headers })
    },
  }
}
