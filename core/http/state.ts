/** What the HTTP door needs from the other rooms, and what one request carries from middleware to middleware. */
import type { Middleware as KoaMiddleware, ParameterizedContext } from 'koa'
import type { Logger } from 'pino'
import type { Caller, Context } from '../access/caller.ts'
import type { Callers } from '../access/callers.ts'
import type { Config } from '../config/index.ts'
import type { Composition } from '../module/composition.ts'
import type { Client, Services } from '../service/services.ts'

export interface HttpDeps {
  readonly composition: Composition
  readonly config: Pick<Config, 'baseUrl' | 'trustProxy'>
  readonly log: Logger
  readonly version: string
  /** Users as callers; anonymous is who comes without a key and without a session. */
  readonly callers: Pick<Callers, 'profileOf' | 'anonymous'>
  servicesFor(context: Context): Services
  /** SQL in the transaction that `services.records.transaction` has opened. */
  sqlInTransaction(services: Services): Store
  /** Whether the database answers. */
  isReady(): Promise<boolean>
  /** Serves files that everybody may have; runs before anybody is asked who he is. */
  readonly assets?: Middleware | undefined
}

export interface Store {
  query(sql: string, values: readonly unknown[]): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>
}

/** What is known of the request so far. */
export interface HttpState {
  requestId: string
  /** The address of the client, by TRUST_PROXY. */
  ip: string
  /** The pattern of the route, for the log: a path may hold a secret. */
  route?: string
  caller: Caller
  /** Set when the caller is known. */
  services?: Services
  /** The token in the session cookie, when it named a living session. */
  session?: string
  /** The browser brought a session that has ended. */
  hasEnded?: boolean
  /** What a page was sent, once it was read: an error page may have to keep it. */
  form?: unknown
  /** What the token of its forms is made from. */
  formSecret?: string
}
export type Http = ParameterizedContext<HttpState>
export type Middleware = KoaMiddleware<HttpState>

/** One route of the API, as it is mounted, listed and documented. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/api/tickets/:id` */
  readonly path: string
  /** Whom it lets in, for people: `read ticket`. */
  readonly may: string
  readonly module: string
  /** True where the route decides itself whom it lets in; else only those who are signed in come this far. */
  readonly open?: boolean
  readonly handle: (http: Http, services: Services, params: Readonly<Record<string, string>>) => Promise<void>
}

/** A line of `tessera routes`. */
export interface RouteInfo {
  readonly method: string
  readonly path: string
  readonly may: string
  readonly module: string
}

/** The services of a request whose caller is known; every route and page runs behind `authenticate`. */
export function servicesOf(http: Http): Services {
  if (!http.state.services) throw new Error(`The caller of ${http.method} ${http.state.route} is not known yet.`)
  return http.state.services
}

/** With the service that a client module provides under the name `client`. */
export function hasClient(services: Services): services is Services & { readonly client: Client } {
  return services.app.services.has('client')
}
