/** If-None-Match: what the client has already is not sent again. */
import type { Middleware } from './state.ts'

/** Answers 304 where the ETag is one that the client named. Not `ctx.fresh`: with it, programs that use fetch would never get one, since fetch adds `Cache-Control: no-cache`. */
export const notModified: Middleware = async (http, next) => {
  await next()
  const given = http.headers['if-none-match']
  if (given === undefined || http.status !== 200 || (http.method !== 'GET' && http.method !== 'HEAD')) return
  const etag = opaque(http.response.get('ETag'))
  if (etag !== '' && (given === '*' || given.split(',').some((tag) => opaque(tag) === etag))) http.status = 304
}

/** Without the mark of a weak one, which a proxy that compresses may have put there. */
function opaque(etag: string): string {
  return etag.trim().replace(/^W\//, '')
}
