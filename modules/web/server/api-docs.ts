/** `/api/docs`: the document of the API for people, drawn by Scalar. */
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { html, page, type Reply, type Request, route, type Services } from '@tessera/core'
import { assetsOf } from './kept.ts'
import { looksOf } from './looks.ts'
import { templates } from './screens.service.ts'

export const apiDocs = route('GET /docs', {
  may: 'signed-in',
  summary: 'This document, to be read by people',
  run: (request, services) => docsPage(request, services),
})

/** The one large script, on its own: nobody else loads it, and its name changes with its version. */
const address = '/assets/api-docs/scalar-1.72.1.js'
const vendored = new URL('../vendor/scalar/standalone-1.72.1.js', import.meta.url)

export const apiDocsScript = page(`GET ${address}`, { may: 'anybody', respond: script })

const render = templates(new URL('../templates/', import.meta.url))

function docsPage(request: Request, services: Services): Reply {
  const { app, text, context } = services
  const { theme } = looksOf(services, request)
  const model = { locale: context.locale, title: text('web.api_docs'), theme, script: address, starter: assetsOf(app).url('api-docs.js') }
  return html(render('api-docs', model, services), {
    headers: { 'content-security-policy': policy, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
  })
}

/** Scalar writes style elements; everything else stays as strict as on every page, so nothing comes from elsewhere or goes there. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join(';')

let packed: Promise<Buffer> | undefined

async function script({ headers }: Request): Promise<Reply> {
  const isPacked = /\bgzip\b/.test(headers['accept-encoding'] ?? '')
  packed ??= readFile(vendored).then((text) => promisify(gzip)(text))
  return {
    kind: 'reply',
    status: 200,
    cookies: {},
    body: isPacked ? await packed : await readFile(vendored),
    headers: {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
      ...(isPacked && { 'content-encoding': 'gzip' }),
    },
  }
}
