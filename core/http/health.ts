/** What a supervisor asks. Nobody has to sign in for it, and nothing is told but life and version. */
import type { HttpDeps, Middleware } from './state.ts'

/** `/healthz`: the process lives. `/readyz`: the database answers too, else 503. `/version`. */
export function health({ isReady, version }: Pick<HttpDeps, 'isReady' | 'version'>): Middleware {
  return async (http, next) => {
    if (http.method !== 'GET' && http.method !== 'HEAD') return next()
    if (http.path === '/healthz') http.body = { status: 'ok' }
    else if (http.path === '/version') http.body = { version }
    else if (http.path !== '/readyz') return next()
    else if (await isReady()) http.body = { status: 'ready' }
    else {
      http.status = 503
      http.set('Retry-After', '1')
      http.body = { status: 'the database does not answer' }
    }
    http.set('Cache-Control', 'no-store')
  }
}
