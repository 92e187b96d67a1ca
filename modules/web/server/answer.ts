import { html, type Reply, type Request, redirect, type Services } from '@tessera/core'
import type { Screens, Toast } from '../screens.ts'
import { cookies, toCookie } from './cookies.ts'
import { developingOf } from './developer.ts'
import { rendererOf } from './kept.ts'

/** A screen as a whole page, or for a script that swaps only the middle, as a fragment. */
export function show<Name extends keyof Screens>(
  services: Services,
  request: Request,
  name: Name,
  screen: Screens[Name],
  about: Partial<Pick<Reply, 'status' | 'headers' | 'cookies'>> = {},
  scripts: readonly string[] = [],
): Reply {
  const renderer = rendererOf(services)
  const developing = developingOf(services, request, name)
  const body = wantsFragment(request) ? renderer.fragment(name, screen, developing) : renderer.page(name, screen, scripts, developing)
  const said = screen.shell.toast ? { [cookies.toast]: null, ...(screen.shell.toast.undo && { [cookies.undo]: null }) } : {}
  return html(body, { ...about, headers: { vary: 'HX-Request', ...about.headers }, cookies: { ...said, ...about.cookies } })
}

/** Sends a script JSON, a dialog the address to load, anybody else back to where he was, with a word on what happened. */
export function done(request: Request, back: string, toast?: Toast): Reply {
  if (wantsJson(request)) return html('', { status: 204 })
  const undo = toast?.undo && { [cookies.undo]: toCookie(toast.undo.href) }
  const said = toast && { cookies: { [cookies.toast]: toCookie(`${toast.tone ?? 'info'}:${toast.text.slice(0, 500)}`), ...undo } }
  return wantsFragment(request) ? html('', { ...said, headers: { 'hx-redirect': ownPath(back) } }) : redirect(ownPath(back), said)
}

export function json(body: unknown, status = 200): Reply {
  return html(JSON.stringify(body), { status, headers: { 'content-type': 'application/json; charset=utf-8' } })
}

export function wantsJson({ headers }: Request): boolean {
  return (headers.accept ?? '').startsWith('application/json')
}

export function wantsFragment({ headers }: Request): boolean {
  return headers['hx-request'] === 'true' && headers['hx-history-restore-request'] !== 'true'
}

/** A path of this application as a browser would read it; everything else that was sent becomes `otherwise`. */
export function ownPath(path: unknown, otherwise = '/'): string {
  if (typeof path !== 'string' || !path.startsWith('/') || !URL.canParse(path, own)) return otherwise
  const { origin, pathname, search } = new URL(path, own)
  const isOwn = origin === own && !pathname.startsWith('//')
  return isOwn ? pathname + search : otherwise
}

/** Stands for this application, whose own address does not matter here. */
const own = 'http://here.invalid'
