/** The one place where an error becomes an answer. */
import { html } from '../module/module.ts'
import { requestOf } from './page-request.ts'
import { failureOf, hintOf, problemOf, sentenceOf, speaker } from './problem.ts'
import { sendReply } from './reply.ts'
import type { SessionCookie } from './session.ts'
import { type Http, type HttpDeps, hasClient, type Middleware } from './state.ts'

/** Below /api a problem+json; else a page of the client module, or a plain one where no client is installed. */
export function answerFailures({ log }: Pick<HttpDeps, 'log'>, cookie: SessionCookie): Middleware {
  return async (http, next) => {
    try {
      await next()
    } catch (thrown) {
      const { requestId, route, services } = http.state
      const { error, isOurs, retryAfter } = failureOf(thrown)
      if (isOurs) log[error.status >= 500 ? 'error' : 'warn']({ err: thrown, requestId, route }, error.message)
      if (http.headerSent) return http.res.destroy()
      if (retryAfter !== undefined) http.set('Retry-After', String(retryAfter))
      // A body that nobody read to its end would be taken for the next request, or be read to its end.
      if (!http.req.complete) http.set('Connection', 'close')
      const say = speaker(services)
      if (isApi(http.path)) return sendProblem(http, problemOf(error, requestId, say))
      const shown = {
        status: error.status,
        code: error.code,
        sentence: say(error.code, error.message, error.values),
        hint: hintOf(error, say),
      }
      const reply =
        services && hasClient(services)
          ? await services.client.errorPage(shown, requestOf(http, {}, http.state.form))
          : html(plainPage(sentenceOf(error, say), requestId), { status: error.status })
      sendReply(http, reply, cookie)
    }
  }
}

export function isApi(path: string): boolean {
  return path.startsWith('/api/') || path === '/api'
}

function sendProblem(http: Http, problem: ReturnType<typeof problemOf>): void {
  http.status = problem.status
  http.set('Content-Type', 'application/problem+json')
  http.set('Cache-Control', 'no-store')
  http.remove('ETag')
  if (problem.status === 401) http.set('WWW-Authenticate', 'Bearer realm="api"')
  http.body = JSON.stringify(problem)
}

/** Without a client, or before anything is known of the request: what happened, and the one thing to do. */
function plainPage(sentence: string, requestId: string): string {
  const safe = sentence.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
  const head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
  return `<!doctype html><html lang="en"><head>${head}<title>${safe}</title></head><body><main><h1>${safe}</h1><p><a href="">Try again</a></p><p><small>Request <code>${requestId}</code></small></p></main></body></html>`
}
