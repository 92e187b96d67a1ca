/** The ticket desk behind its real HTTP door, with a key for each role: what the stories of the API ask. */
import { bootTest, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a story reads whatever JSON it was answered.
  readonly body: any
}
export interface Desk {
  readonly app: TestApp
  readonly users: ReadonlyMap<string, SignedIn>
  /** Asks with the key of a role (or of `nobody`, a user without one); null asks without a key. */
  ask(role: string | null, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

export async function openDesk(postgresUrl: string): Promise<Desk> {
  const app = await bootTest(postgresUrl, ['ticket'])
  const base = await app.listen()
  const users = new Map<string, SignedIn>()
  for (const role of ['administrator', 'manager', 'agent', 'viewer', 'customer']) users.set(role, await signedInAs(app, role))
  const nobody = await signedInAs(app, 'viewer', { roles: [] })
  users.set('nobody', nobody)
  return {
    app,
    users,
    async ask(role, method, path, body, headers = {}) {
      const key = role === null ? undefined : users.get(role)?.key
      const response = await fetch(base + path, {
        method,
        headers: {
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        redirect: 'manual',
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : text }
    },
  }
}
