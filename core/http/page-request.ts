/** What a page or an own route sees of a request. */
import type { Request } from '../module/module.ts'
import { csrfToken } from './csrf.ts'
import type { Http } from './state.ts'

export function requestOf(
  http: Http,
  params: Readonly<Record<string, string>>,
  body: unknown,
  text = '',
  files: Request['files'] = none,
): Request {
  const { session, formSecret, ip } = http.state
  return {
    method: http.method,
    path: http.path,
    params,
    query: new URLSearchParams(http.querystring),
    // Node joins repeated headers, all but set-cookie, which no request has.
    headers: http.headers as Readonly<Record<string, string | undefined>>,
    body,
    text,
    files,
    ip,
    csrf: formSecret === undefined ? '' : csrfToken(formSecret),
    session,
  }
}

const none: Request['files'] = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
}
