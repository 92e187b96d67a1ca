/** The HTTP door: pages and API of one composition. */

import { randomUUID } from 'node:crypto'
import type { RequestListener, Server } from 'node:http'
import Router from '@koa/router'
import Koa from 'koa'
import compress from 'koa-compress'
import { NotFound, Unauthorized, UserError } from '../errors.ts'
import { clientAddress } from './address.ts'
import { authenticate } from './authenticate.ts'
import { notModified } from './conditional.ts'
import { answerFailures, isApi } from './failure.ts'
import { securityHeaders } from './headers.ts'
import { health } from './health.ts'
import { refuseWhenBusy } from './limits.ts'
import { mayInWords, mountPages, partsOf } from './pages.ts'
import { openapiRoute } from './rest/openapi.ts'
import { ownRoute } from './rest/own-route.ts'
import { resourceOf } from './rest/resource.ts'
import { listen } from './server.ts'
import { sessionCookie } from './session.ts'
import { type Endpoint, type HttpDeps, type HttpState, type Middleware, type RouteInfo, servicesOf } from './state.ts'

export interface HttpDoor {
  readonly callback: RequestListener
  /** Rejects when the port is taken. */
  listen(port: number, host: string): Promise<Server>
  routes(): readonly RouteInfo[]
}

export function createHttp(deps: HttpDeps): HttpDoor {
  const { composition, config, log } = deps
  const https = config.baseUrl.startsWith('https:')
  const cookie = sessionCookie({ https })
  // In one spelling only: what belongs to the API is told by its path, here and in `isApi`.
  const router = new Router<HttpState>({ sensitive: true })
  const endpoints = endpointsOf(deps, cookie)
  for (const endpoint of endpoints) mountEndpoint(router, endpoint)
  mountPages(router, deps, cookie)

  const koa = new Koa<HttpState>()
  koa.on('error', (error: unknown) => log.warn({ err: error }, 'A request ended badly.'))
  koa.use(begin(deps))
  koa.use(securityHeaders({ https }))
  koa.use(compress())
  koa.use(notModified)
  koa.use(answerFailures(deps, cookie))
  koa.use(health(deps))
  koa.use(refuseWhenBusy())
  if (deps.assets) koa.use(deps.assets)
  koa.use(authenticate(deps, cookie))
  koa.use(router.routes())
  koa.use(nothingHere(router))
  const callback = koa.callback()
  return {
    callback,
    listen: (port, host) => listen(callback, port, host),
    routes: () => [
      ...endpoints.map(({ method, path, may, module }) => ({ method, path, may, module })),
      ...composition.pages.map(({ at, may, module }) => ({ ...partsOf(at), may: mayInWords(may), module })),
    ],
  }
}

/** Own routes come first, so that a module may say more exactly what a generated route would answer. */
function endpointsOf(deps: HttpDeps, cookie: ReturnType<typeof sessionCookie>): readonly Endpoint[] {
  const { models, routes } = deps.composition
  const exposed = models.all.filter((model) => model.exposed)
  return [
    openapiRoute(deps),
    ...routes.map((route) => ownRoute(route, deps, cookie)),
    ...exposed.flatMap((model) => resourceOf(model, deps.composition.actions(model), deps)),
  ]
}

function mountEndpoint(router: Router<HttpState>, { method, path, open, handle }: Endpoint): void {
  const pattern = `${method} ${path}`
  router.register(path, [method], (http) => {
    http.state.route = pattern
    if (!open && http.state.caller.id === null)
      throw new Unauthorized('http.unauthorized', 'Sign in or send an API key: this is not open to everybody.')
    return handle(http, servicesOf(http), http.params)
  })
}

/** Gives the request its id and its line in the log: the route's pattern, since a path may hold a secret. */
function begin({ log, config, callers }: HttpDeps): Middleware {
  const addressOf = clientAddress(config.trustProxy)
  return async (http, next) => {
    const started = performance.now()
    const given = http.headers['x-request-id']
    const requestId = typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID()
    const forwarded = http.headers['x-forwarded-for']
    http.state.requestId = requestId
    http.state.caller = callers.anonymous
    http.state.ip = addressOf(http.req.socket.remoteAddress, typeof forwarded === 'string' ? forwarded : undefined)
    http.set('X-Request-Id', requestId)
    await next()
    const { route, caller } = http.state
    const ms = Math.round((performance.now() - started) * 10) / 10
    log.info({ requestId, method: http.method, route, status: http.status, ms, user: caller.id }, 'request')
  }
}

class WrongMethod extends UserError {
  override readonly status: number = 405
}

function nothingHere(router: Router<HttpState>): Middleware {
  return async (http) => {
    const here = router.match(http.path, http.method).path.filter(({ path }) => isApi(String(path)) === isApi(http.path))
    const methods = here.flatMap(({ methods }) => methods)
    if (methods.length === 0) throw new NotFound('http.nothing_here', 'There is nothing at this address.')
    const allowed = [...new Set(methods)].join(', ')
    http.set('Allow', allowed)
    throw new WrongMethod('http.wrong_method', 'This address takes {allowed}, not {method}.', { allowed, method: http.method })
  }
}
