/** Sends what the API answers. */
import type { Services } from '../../service/services.ts'
import type { Http, HttpDeps } from '../state.ts'
import { type Answer, once } from './idempotency.ts'

/** Sends JSON that is text already. */
export function sendJson(http: Http, body: string, etag?: string): void {
  http.status = 200
  http.set('Content-Type', 'application/json; charset=utf-8')
  http.set('Cache-Control', 'private, no-cache')
  if (etag !== undefined) http.set('ETag', etag)
  http.body = body
}

export function sendAnswer(http: Http, { status, headers, body }: Answer): void {
  http.status = status
  http.set({ 'Cache-Control': 'no-store', 'Content-Type': 'application/json; charset=utf-8', ...headers })
  http.body = body
}

/** Answers a POST, once for each Idempotency-Key. */
export async function sendOnce(
  http: Http,
  services: Services,
  deps: Pick<HttpDeps, 'sqlInTransaction'>,
  text: string,
  change: () => Promise<Answer>,
  mayReplay: (answer: Answer) => Promise<Answer> = async (answer) => answer,
): Promise<void> {
  const key = http.get('Idempotency-Key')
  if (key === '') return sendAnswer(http, await change())
  const request = { key, route: `${http.method} ${http.path}`, text }
  const { answer, isReplay } = await once(services, deps.sqlInTransaction(services), request, change, mayReplay)
  if (isReplay) http.set('Idempotency-Replayed', 'true')
  sendAnswer(http, answer)
}
