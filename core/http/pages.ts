/** Serves the pages of modules: whatever a person opens or sends a form to. */
import type Router from '@koa/router'
import type { Caller } from '../access/caller.ts'
import type { Permission, Role } from '../access/role.ts'
import { Forbidden, Unauthorized } from '../errors.ts'
import type { Of } from '../module/composition.ts'
import type { May, Page, Request } from '../module/module.ts'
import { redirect } from '../module/module.ts'
import { isLooking, onlyLooking } from '../records/guard.ts'
import { Watch } from '../records/watched.ts'
import { scopeOf } from '../service/container.ts'
import { codeOf, labelOf } from '../texts/codes.ts'
import { isJson, readForm, readJson } from './body.ts'
import { isSafe, refuseWithoutToken } from './csrf.ts'
import { isApi } from './failure.ts'
import { requestOf } from './page-request.ts'
import { sendReply } from './reply.ts'
import type { SessionCookie } from './session.ts'
import { type Http, type HttpDeps, type HttpState, hasClient, servicesOf } from './state.ts'
import { isMultipart, withUpload } from './upload.ts'

export function mountPages(router: Router<HttpState>, deps: HttpDeps, cookie: SessionCookie): void {
  for (const page of [...deps.composition.pages].sort(byExactness)) {
    const { method, path } = partsOf(page.at)
    router.register(path, [method], async (http, next) => {
      // A page for any path (`/:model/:id`) is none for what belongs to the API.
      if (isApi(http.path)) return next()
      http.state.route = page.at
      if (isUnknown(http, page.may)) return sendReply(http, toSignIn(http), cookie)
      refuseUnpermitted(http, page.may)
      const reply = await respond(page, http)
      sendReply(http, reply, cookie)
      // Also after the sign-out: the back button must not show what was open.
      if (http.state.session !== undefined && reply.headers['cache-control'] === undefined) http.set('Cache-Control', 'no-store')
    })
  }
}

/** `/sign-in/:token` before `/:model/:id`, whichever module declares it: the first difference decides. */
function byExactness(a: Page, b: Page): number {
  const [left, right] = [openSteps(a), openSteps(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

/** Which steps of the path may be anything: `001` of `/access/roles/:role`. As texts, any number of pages has one order. */
function openSteps({ at }: Page): string {
  const steps = partsOf(at).path.split('/').slice(1)
  return steps.map((step) => (step.startsWith(':') ? '1' : '0')).join('')
}

/** `GET /lookup/:number` in its two parts. */
export function partsOf(at: string): { method: string; path: string } {
  const [method = '', path = ''] = at.split(' ', 2)
  return { method, path }
}

/** Refuses (401, 403) a caller whom a page or route does not let in. */
export function refuseUnpermitted(http: Http, may: May): void {
  const { caller } = http.state
  if (may === 'anybody') return
  if (caller.id === null) throw new Unauthorized('http.unauthorized', 'Sign in or send an API key: this is not open to everybody.')
  if (may !== 'signed-in' && !hasRight(caller, may))
    throw new Forbidden('http.not_permitted', '{name} may not do this: it takes "{right}".', {
      name: caller.name,
      right: nameOf(may, http),
    })
}

/** In the language of whoever is refused; English where no catalogue has it. */
function nameOf(may: Role | Permission, { state: { services } }: Http): string {
  const said = services && labelOf(may, services.text)
  return said === undefined || said === codeOf(may) ? may.label : said
}

function hasRight({ ability }: Caller, right: Role | Permission): boolean {
  return 'permission' in right ? ability.may(right) : ability.has(right)
}

/** A `may` in words, for `tessera routes`. */
export function mayInWords(may: May): string {
  return typeof may === 'string' ? may : 'permission' in may ? may.permission : `role ${may.name}`
}

async function respond(page: Of<Page>, http: Http) {
  if (page.uploads && isMultipart(http.headers['content-type'])) {
    return withUpload(http.req, ({ fields, files }) => respondTo(page, http, requestOf(http, http.params, fields, '', files)))
  }
  return respondTo(page, http, requestOf(http, http.params, isSafe(http.method) ? undefined : await readPageBody(http)))
}

async function respondTo(page: Of<Page>, http: Http, request: Request) {
  http.state.form = request.body
  const services = servicesOf(http)
  if (http.state.formSecret !== undefined && !isSafe(http.method)) {
    refuseWithoutToken(http.state.formSecret, sentToken(request))
    if (!page.whileLooking && isLooking(services.context.credential)) throw onlyLooking(http.state.caller.name)
  }
  // Asked of those who are signed in alone: everybody else costs nothing.
  if (http.state.caller.id !== null && hasClient(services) && services.client.watches?.()) scopeOf(services).watch = new Watch()
  return page.respond(request, services)
}

async function readPageBody({ req }: Http): Promise<unknown> {
  return isJson(req.headers['content-type']) ? (await readJson(req)).value : readForm(req)
}

function sentToken({ headers, body }: Request): unknown {
  return headers['x-csrf-token'] ?? (typeof body === 'object' && body !== null && '_csrf' in body ? body._csrf : undefined)
}

function isUnknown(http: Http, may: May): boolean {
  return may !== 'anybody' && http.state.caller.id === null
}

/**
 * Only a path of this application can be named as next: the one that was asked for, or the page on which the form stood. `ended` tells
 * whoever was signed in why he is asked again.
 */
function toSignIn(http: Http) {
  const asked = isSafe(http.method) ? http.url : refererOf(http)
  const next = asked.startsWith('//') ? '/' : asked
  const words = new URLSearchParams({ ...(next !== '/' && { next }), ...(http.state.hasEnded && { ended: '1' }) })
  return redirect(words.size === 0 ? '/sign-in' : `/sign-in?${words}`)
}

function refererOf({ headers: { referer, host } }: Http): string {
  if (referer === undefined || !URL.canParse(referer)) return '/'
  const from = new URL(referer)
  return from.host === host ? from.pathname + from.search : '/'
}
