/** What a browser shows while no worker can boot: the same words as the terminal. The page loads itself again when they change. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { stripVTControlCharacters } from 'node:util'
import { failureText, type Said } from '../failure.ts'
import type { Taker } from './front.ts'

export function problemPage(said: Said): Taker {
  const text = stripVTControlCharacters(failureText(said))
  const version = createHash('sha256').update(text).digest('base64url')
  const page = pageOf(said)
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const isRead = request.headers.accept?.includes('text/html')
    response.writeHead(503, {
      'Content-Type': `text/${isRead ? 'html' : 'plain'}; charset=utf-8`,
      'Content-Security-Policy': policy,
      'Cache-Control': 'no-store',
      'Retry-After': '1',
      [header]: version,
      // The next request is for whoever can answer it.
      Connection: 'close',
    })
    response.end(isRead ? page : `${text}\n`)
  })
  return {
    isFree: true,
    give(connection) {
      server.emit('connection', connection)
      // Until now nobody read from it.
      connection.resume()
    },
  }
}

const header = 'X-Tessera-Problem'

function pageOf({ sentence, details = [], cause, hint }: Said): string {
  const shown = details.length > 0 ? `<pre>${escaped(details.join('\n'))}</pre>` : ''
  const why = cause && !sentence.includes(cause) ? `<p>${escaped(cause)}</p>` : ''
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Tessera cannot start</title>
<style>${style}</style>
<noscript><meta http-equiv="refresh" content="2"></noscript>
</head>
<body>
<main>
<h1>${escaped(sentence)}</h1>
${why}${shown}${hint ? `<p>${escaped(hint)}</p>` : ''}
<p role="status">This page shows the desk again as soon as a changed file mends it.</p>
</main>
<script>${script}</script>
</body>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

const style = `
:root{color-scheme:light dark}
body{margin:0;background:light-dark(#fff,#111216);color:light-dark(#484a54,#bbbdc6);font:13px/20px Inter,system-ui,sans-serif}
main{max-inline-size:56rem;margin:10vh auto;padding:0 24px}
h1{margin:0 0 12px;color:light-dark(#1a1b1f,#ededf0);font-size:20px;line-height:28px;font-weight:600;letter-spacing:-.015em}
pre{margin:0 0 16px;padding:16px;border:1px solid light-dark(#e5e5ea,#282a31);border-radius:6px;background:light-dark(#f7f7f8,#16171b);color:light-dark(#1a1b1f,#ededf0);font:13px/20px ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
p{margin:0 0 12px;overflow-wrap:anywhere}
[role=status]{color:light-dark(#656772,#999ca7)}
`

const script = `
let shown
async function look() {
  try {
    const { headers } = await fetch(location.href, { method: 'HEAD', cache: 'no-store' })
    const now = headers.get('${header}')
    if (!now || (shown && now !== shown)) return location.reload()
    shown = now
  } catch {}
  setTimeout(look, 400)
}
look()
`

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; connect-src 'self'`
