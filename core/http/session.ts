/** The session cookie: an opaque token. What it stands for is looked up by its SHA-256 by the service `identity`. */
import type { Reply } from '../module/module.ts'
import type { Http } from './state.ts'

export interface SessionCookie {
  read(http: Http): string | undefined
  /** Opens a session in the browser, or with null ends it. */
  write(http: Http, session: NonNullable<Reply['session']> | null): void
  /** Other cookies of this application. */
  writeOthers(http: Http, cookies: Reply['cookies']): void
}

export function sessionCookie({ https }: { https: boolean }): SessionCookie {
  // A __Host- cookie can be set neither by a sibling domain nor without encryption.
  const name = https ? '__Host-tessera' : 'tessera'
  const traits = { httpOnly: true, sameSite: 'lax', secure: https, path: '/', overwrite: true } as const
  const set = (http: Http, cookie: string, value: string | null, expires?: Date) => {
    // Behind a proxy that ends TLS the socket itself is not encrypted, and the cookie jar would refuse.
    http.cookies.secure = https
    http.cookies.set(cookie, value, expires ? { ...traits, expires } : traits)
  }
  return {
    read: (http) => http.cookies.get(name) || undefined,
    write: (http, session) => set(http, name, session?.token ?? null, session?.expires),
    writeOthers(http, cookies) {
      for (const [cookie, kept] of Object.entries(cookies)) {
        const { value, seconds } = kept !== null && typeof kept === 'object' ? kept : { value: kept, seconds: yearSeconds }
        set(http, cookie, value, new Date(Date.now() + seconds * 1000))
      }
    },
  }
}

const yearSeconds = 365 * 86_400
