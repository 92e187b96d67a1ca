/** Pages of other sites that call the API: with a key that names their origin, and never with a session. */
import { Forbidden } from '../errors.ts'
import type { Identity } from '../service/services.ts'
import { isOwnOrigin } from './csrf.ts'
import { isApi } from './failure.ts'
import type { Http } from './state.ts'

/** Whether a browser asks, before it sends a page's request, if it may. */
export function isPreflight({ method, path, headers }: Http): boolean {
  const asked = headers['access-control-request-method']
  return method === 'OPTIONS' && isApi(path) && headers.origin !== undefined && asked !== undefined
}

/** The key is not sent along yet, so that every origin is allowed which some key names. */
export async function answerPreflight(http: Http, identity: Identity): Promise<void> {
  const { origin = '' } = http.headers
  http.vary('Origin')
  if (!(await identity.servesOrigin(origin))) throw notServed(origin)
  http.status = 204
  http.set({
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, Accept-Language, Idempotency-Key, If-Match, Brand',
    'Access-Control-Max-Age': '600',
  })
}

/** Lets the page read why its key was refused: `http.unknown_key` is no secret. */
export async function allowServed(http: Http, identity: Identity, ownOrigin: string): Promise<void> {
  const { origin } = http.headers
  http.vary('Origin')
  if (origin !== undefined && !isOwnOrigin(http.headers, ownOrigin) && (await identity.servesOrigin(origin))) allow(http, origin)
}

/** Refuses (403) a page of another site whose origin the key does not name; else lets it read every answer, errors too. */
export function allowOrigin(http: Http, origins: readonly string[], ownOrigin: string): void {
  const { origin } = http.headers
  http.vary('Origin')
  if (origin === undefined || isOwnOrigin(http.headers, ownOrigin)) return
  if (!origins.includes(origin)) throw notServed(origin)
  allow(http, origin)
}

function allow(http: Http, origin: string): void {
  http.set({
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': 'Location, ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Idempotency-Replayed',
  })
}

function notServed(origin: string): Forbidden {
  return new Forbidden(
    'http.foreign_origin',
    'Pages of {origin} may not use this API. They need a key that names them: tessera apikey create --origin {origin}.',
    { origin: origin.slice(0, 200) },
  )
}
