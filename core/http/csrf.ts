/** Keeps other sites from acting with a browser's session. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Forbidden } from '../errors.ts'

/** The token of a session's forms. It cannot be made without the session's own token, and does not tell it. */
export function csrfToken(session: string): string {
  return createHmac('sha256', session).update('csrf').digest('base64url')
}

/** Refuses (403) a request that changes something and that a browser sent from another site. Without these headers it was no browser. */
export function refuseOtherSites(headers: IncomingHttpHeaders, ownOrigin: string): void {
  const site = headers['sec-fetch-site']
  const isOwn = site !== undefined ? site === 'same-origin' || site === 'none' : isOwnOrigin(headers, ownOrigin)
  if (!isOwn) throw new Forbidden('http.other_site', 'This came from another site, which may not change anything here.')
}

/** Refuses (403) a request of a session that does not send the session's token back. */
export function refuseWithoutToken(session: string, given: unknown): void {
  if (typeof given === 'string' && same(given, csrfToken(session))) return
  throw new Forbidden('http.csrf', 'This form is no longer valid: load the page again and repeat what you did.')
}

/** GET, HEAD and OPTIONS change nothing. */
export function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
}

/** People reach one server by several names, so the name that this browser used is its own too: another site cannot choose it. */
export function isOwnOrigin({ origin, host }: IncomingHttpHeaders, ownOrigin: string): boolean {
  if (origin === undefined || origin === ownOrigin) return true
  return URL.canParse(origin) && new URL(origin).host === host
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
