/** The cookie that an attempt to sign in is bound to: HttpOnly, SameSite=Lax, and for ten minutes, as core writes cookies. */
import type { Reply, Request, Services } from '@tessera/core'
import { attemptSeconds } from './attempts.ts'

/** What the browser of this request began with. */
export function wayIn({ headers }: Pick<Request, 'headers'>, services: Services): string | undefined {
  const name = nameOf(services)
  const part = (headers.cookie ?? '').split(';').find((each) => each.trim().startsWith(`${name}=`))
  return part?.trim().slice(name.length + 1)
}

/** The browser keeps this, or with null forgets it. */
export function keepingWay(reply: Reply, browser: string | null, services: Services): Reply {
  const kept = browser === null ? null : { value: browser, seconds: attemptSeconds }
  return { ...reply, cookies: { ...reply.cookies, [nameOf(services)]: kept } }
}

/** With https no other site of the domain can set it. */
function nameOf({ config }: Services): string {
  return config.baseUrl.startsWith('https://') ? '__Host-tessera-way' : 'tessera-way'
}
