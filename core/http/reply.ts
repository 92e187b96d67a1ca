/** Sends a Reply as a module gave it. */
import { Readable } from 'node:stream'
import type { Reply } from '../module/module.ts'
import type { SessionCookie } from './session.ts'
import type { Http } from './state.ts'

export function sendReply(http: Http, reply: Reply, cookie: SessionCookie): void {
  http.status = reply.status
  const { vary, ...headers } = reply.headers
  http.set(headers)
  // Beside what compression and other origins made it vary by.
  if (vary) http.vary(vary)
  if (reply.session !== undefined) cookie.write(http, reply.session)
  cookie.writeOthers(http, reply.cookies)
  // What is said piece by piece as it happens must not wait in a compressor.
  if (reply.headers['content-type']?.startsWith('text/event-stream')) http.compress = false
  if (reply.pieces) http.body = Readable.from(reply.pieces)
  // Encoded once: Koa would count the bytes of a text, and its socket encode it again.
  else http.body = typeof reply.body === 'string' ? Buffer.from(reply.body, 'utf8') : Buffer.from(reply.body)
}

/** Whether what a route returned is an answer in full. */
export function isReply(value: unknown): value is Reply {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'reply'
}
