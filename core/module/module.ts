/** What a module is: one declaration that core composes with the others. */
import type { Readable } from 'node:stream'
import type { z } from 'zod'
import type { Permission, Role, Rule } from '../access/role.ts'
import type { Action } from '../action/action.ts'
import type { BootProblem } from '../errors.ts'
import type { Extension } from '../model/define.ts'
import type { Backfilled, Coded, Column, Erased, Model, Where } from '../model/types.ts'
import type { ServiceClass, Services } from '../service/services.ts'
import type { Card } from '../view/card.ts'
import type { Menu } from '../view/destination.ts'
import type { Patch } from '../view/patch.ts'
import type { View } from '../view/view.ts'
import type { Composition } from './composition.ts'

type Overrides = {
  readonly [K in keyof Services]?: (Parent: ServiceClass<Services[K]>) => ServiceClass<Services[K]>
}

/** What an `extras` file may add where an optional module is installed. */
export interface Extra {
  readonly extends?: readonly Extension[]
  readonly views?: readonly (View | Patch)[]
  readonly permissions?: readonly Rule[]
  readonly actions?: readonly Action<Erased, Erased>[]
  readonly overrides?: Overrides
  readonly menus?: readonly Menu[]
  /** What stands on the dashboard of whoever has not arranged his own. */
  readonly cards?: readonly Card<Erased>[]
  readonly events?: readonly Listener[]
}

export interface ModuleDeclaration extends Extra {
  readonly name: string
  readonly depends: readonly Module[]
  readonly models: readonly Model[]
  readonly roles: readonly Role[]
  readonly services: Readonly<Record<string, ServiceClass>>
  readonly data: readonly { readonly [key: string]: Coded }[]
  readonly settings: readonly Settings<Erased>[]
  readonly routes: readonly Route[]
  readonly pages: readonly Page[]
  readonly commands: readonly Command<Erased>[]
  readonly jobs: readonly Job<Erased>[]
  readonly migrations: readonly Migration[]
  readonly extras: Readonly<Record<string, () => Promise<{ readonly default: Extra }>>>
  /** What this module alone can tell to be wrong with a set of modules, at boot: what it makes of their files, for instance. */
  readonly checks: readonly ((composition: Composition) => readonly BootProblem[])[]
  /** Removes what is kept about other modules, named here, that leave for good; in the transaction of their leaving. */
  readonly uninstalled: (modules: readonly string[], services: Services) => Promise<void>
}
export type Module = Required<ModuleDeclaration> & { readonly kind: 'module' }

/** Declares a module; it is the default export of the module's index.ts. */
export function defineModule(about: Partial<ModuleDeclaration> & { readonly name: string }): Module {
  return {
    kind: 'module',
    depends: [],
    models: [],
    roles: [],
    services: {},
    data: [],
    settings: [],
    routes: [],
    pages: [],
    commands: [],
    jobs: [],
    migrations: [],
    extras: {},
    checks: [],
    uninstalled: async () => undefined,
    extends: [],
    views: [],
    permissions: [],
    actions: [],
    overrides: {},
    menus: [],
    cards: [],
    events: [],
    ...about,
  }
}

/** What a listener waits for: an action, a verb, or a change of one of some fields. */
export type Trigger = string | readonly string[]
export interface Change {
  readonly model: string
  readonly id: string
  /** The action or verb that was done. */
  readonly verb: string
  readonly fields: readonly string[]
  readonly actor: string | null
}
export interface Listener {
  readonly when: 'on' | 'after'
  readonly model: Model
  readonly trigger: Trigger
  readonly run: (record: Erased, services: Services, change: Change) => unknown
}
type TriggerOf<T> = Action<T, Erased> | 'create' | 'update' | 'delete' | readonly Column<T>[]

/** Runs inside the transaction of the change; an error undoes the change. */
export function on<T>(
  model: Model<T>,
  trigger: TriggerOf<NoInfer<T>>,
  run: (record: T, services: Services, change: Change) => unknown,
): Listener {
  return { when: 'on', model, trigger: triggerName(trigger), run }
}
/**
 * Runs as a job, at least once, after the change is committed; the job is written in the change's transaction. It gets the
 * record as it is by then; of a removed one only the id is left.
 */
export function after<T, const V extends TriggerOf<NoInfer<T>>>(
  model: Model<T>,
  trigger: V,
  run: (record: V extends 'delete' ? { readonly id: string } : T, services: Services, change: Change) => unknown,
): Listener {
  return { when: 'after', model, trigger: triggerName(trigger), run }
}
function triggerName(trigger: Action<Erased, Erased> | string | readonly string[]): Trigger {
  return typeof trigger === 'object' && 'kind' in trigger ? trigger.name : (trigger as Trigger)
}

/** Settings of a module: a typed value kept in the database, its default in the schema. */
export interface Settings<V> {
  readonly kind: 'settings'
  readonly label: string
  readonly schema: z.ZodType<V>
}
export function settings<V>(label: string, schema: z.ZodType<V>): Settings<V> {
  return { kind: 'settings', label, schema }
}

/** Who may come through a route or a page: a role, a named right, everybody who is signed in, or everybody. */
export type May = Role | Permission | 'signed-in' | 'anybody'

/** `{ id: string }` for `/tickets/:id`. */
type Params<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? { [K in Name | keyof Params<Rest>]: string }
  : P extends `${string}:${infer Name}`
    ? { [K in Name]: string }
    : Record<never, string>
/** A file as it comes in. It is read, or passed over, before the next one is asked for. */
export interface UploadedFile {
  /** The name of the form's field. */
  readonly field: string
  /** What its sender calls it, without a path: never the name of anything here. */
  readonly name: string
  /** What its sender says that it is. */
  readonly type: string
  readonly content: Readable
}
/** What a route or page sees of a request. The context (who, when, which language) is in `services.context`. */
export interface Request<P = Record<string, string>, B = unknown> {
  readonly method: string
  readonly path: string
  readonly params: Readonly<P>
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The parsed JSON or form; for a route with `body`, after its schema. */
  readonly body: B
  /** The body as it came: what a signature is made of. Empty for a page. */
  readonly text: string
  /** Of a route or page with `uploads`: to be gone through once. Fields that the form has behind a file are in `body` by then. */
  readonly files: AsyncIterable<UploadedFile>
  /** The address of the client, by TRUST_PROXY. */
  readonly ip: string
  /** The token that a form of this session must send back as `_csrf`. */
  readonly csrf: string
  /** The token in the session cookie, if there is one. */
  readonly session: string | undefined
}
/** An answer in full; what a page or a route that returns no JSON gives. */
export interface Reply {
  readonly kind: 'reply'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Empty for a redirect. */
  readonly body: string | Uint8Array
  /** Instead of a body, as it comes: for what is too large to be made at once. It is closed when nobody takes it any more. */
  readonly pieces?: AsyncIterable<string | Uint8Array>
  /** Opens a session for a user (new cookie), or with null ends the present one. */
  readonly session?: { readonly token: string; readonly expires: Date } | null
  /** Other cookies that scripts need not read, kept for a year or for so many seconds; null removes. */
  readonly cookies: Readonly<Record<string, string | { readonly value: string; readonly seconds: number } | null>>
}
export function html(body: string, about: Partial<Omit<Reply, 'kind' | 'body'>> = {}): Reply {
  return {
    kind: 'reply',
    status: 200,
    cookies: {},
    ...about,
    body,
    headers: { 'content-type': 'text/html; charset=utf-8', ...about.headers },
  }
}
/** After a POST: 303, so that the browser asks again with GET. Only paths of this application. */
export function redirect(path: string, about: Partial<Omit<Reply, 'kind' | 'body' | 'status'>> = {}): Reply {
  if (!path.startsWith('/') || path.startsWith('//') || path.includes('\\'))
    throw new TypeError(`redirect leads out of the application: "${path}".`)
  return { kind: 'reply', status: 303, cookies: {}, body: '', ...about, headers: { location: path, ...about.headers } }
}
/**
 * Sends the browser to another site: only below `origin`, which somebody configured, never to one that a request names. It answers a
 * link, for a form may lead nowhere else (`form-action 'self'`). By https, or by http to this machine itself.
 */
export function leave(origin: string, address: URL, about: Partial<Omit<Reply, 'kind' | 'body' | 'status'>> = {}): Reply {
  const isHere = address.protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(address.hostname)
  if (address.origin !== origin || address.username !== '' || address.password !== '' || !(address.protocol === 'https:' || isHere))
    throw new TypeError(`leave leads to "${address.origin}", where "${origin}" is configured.`)
  // What led here may stand in the address.
  const headers = { 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', ...about.headers, location: address.href }
  return { kind: 'reply', status: 303, cookies: {}, body: '', ...about, headers }
}
export interface Route {
  readonly kind: 'route'
  /** `GET /lookup/:number`; served below /api. */
  readonly at: string
  readonly may: May
  readonly summary: string | undefined
  /** Of the words after the question mark: checked before `run`, and described in the API's document. */
  readonly query: z.ZodType | undefined
  readonly body: z.ZodType | undefined
  readonly returns: z.ZodType | undefined
  /** It takes a form with files instead of JSON; `body` then says what its fields before the files are. */
  readonly uploads: boolean
  readonly run: (request: Request<Erased, Erased>, services: Services) => unknown
}
/** An own REST route beside the generated ones. */
export function route<const P extends `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`, B = undefined>(
  at: P,
  about: {
    may: May
    summary?: string
    query?: z.ZodType
    body?: z.ZodType<B>
    returns?: z.ZodType
    uploads?: true
    run: (request: Request<Params<P>, NoInfer<B>>, services: Services) => unknown
  },
): Route {
  const { may, summary, query, body, returns, uploads = false, run } = about
  return { kind: 'route', at, may, summary, query, body, returns, uploads, run }
}

export interface Page {
  readonly kind: 'page'
  /** `GET /my/tickets/:id`. */
  readonly at: string
  readonly may: May
  /** A form that somebody may also send who looks as another user: it changes nothing of that user's. */
  readonly whileLooking: boolean
  /** Its form may bring files. The token `_csrf` stands before them. */
  readonly uploads: boolean
  readonly respond: (request: Request<Erased>, services: Services) => Reply | Promise<Reply>
}
/** An own page: whatever a person opens or sends a form to. */
export function page<const P extends `${'GET' | 'POST'} /${string}`>(
  at: P,
  about: {
    may: May
    whileLooking?: true
    uploads?: true
    respond: (request: Request<Params<P>>, services: Services) => Reply | Promise<Reply>
  },
): Page {
  const { may, whileLooking = false, uploads = false, respond } = about
  return { kind: 'page', at, may, whileLooking, uploads, respond }
}

/** The database itself, for what an operator starts and no record path can do in time. Rules, checks and history are then up to the code. */
export interface RawDatabase {
  /** One transaction; `sql` runs one statement with `$1`, …, or several without values. */
  transaction<R>(run: (sql: (text: string, values?: readonly unknown[]) => Promise<unknown>) => Promise<R>): Promise<R>
}
export interface Command<I> {
  readonly kind: 'command'
  readonly name: string
  readonly help: string
  readonly input: z.ZodType<I> | undefined
  /** The names of inputs that stand as words after the command instead of as options, in their order. */
  readonly words: readonly string[]
  /** What people read; without it, the result as it is. */
  readonly shown: ((result: Erased, services: Services) => string) | undefined
  readonly run: (input: I, services: Services, database: RawDatabase) => unknown
}
/**
 * A command of `tessera`: `tessera reassign --from … --to …`; a name of two words joins a group. What it returns is printed, for
 * people as `shown` says it. With `words: ['email']` it is `tessera reassign EMAIL`.
 * The groups `demo` and `db` wait for a module that brings `demo load` and `db populate`.
 */
export function command<I = Record<string, never>, const R = unknown>(
  name: string,
  about: {
    help: string
    input?: z.ZodType<I>
    words?: readonly (keyof NoInfer<I> & string)[]
    run: (input: NoInfer<I>, services: Services, database: RawDatabase) => R
    shown?: (result: Awaited<NoInfer<R>>, services: Services) => string
  },
): Command<I> {
  const { help, input, words = [], shown, run } = about
  return { kind: 'command', name, help, input, words, shown, run }
}

export interface Job<I> {
  readonly kind: 'job'
  readonly name: string
  /** Cron in UTC: minute, hour, day of the month, month, day of the week. */
  readonly every: string | undefined
  readonly outside: boolean
  readonly input: z.ZodType<I> | undefined
  readonly run: (input: I, services: Services) => unknown
}
/**
 * Work that runs outside a request, at least once. What it does to the database happens once, because a job is one transaction.
 * One that waits for somebody `outside` (a mail server, a web service) must not hold a transaction meanwhile: it gets none, and
 * keeps account by itself of what is done.
 */
export function job<I = Record<string, never>>(
  name: string,
  about: { every?: string; outside?: true; input?: z.ZodType<I>; run: (input: NoInfer<I>, services: Services) => unknown },
): Job<I> {
  return { kind: 'job', name, every: about.every, outside: about.outside ?? false, input: about.input, run: about.run }
}

/** One step between two shapes of a model's table, run once per database, in the order of the modules. */
export interface Migration {
  readonly kind: 'migration'
  readonly name: string
  readonly model: Model
  /** Old field name -> the field that has its column now. */
  readonly rename: Readonly<Record<string, string>>
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly backfill: { readonly where: object | undefined; readonly set: Readonly<Record<string, unknown>> } | undefined
}
export function migration<T>(
  name: string,
  model: Model<T>,
  about: {
    rename?: Readonly<Record<string, Column<NoInfer<T>>>>
    /** SQL before the schema changes; renamed columns have their new names already. */
    before?: readonly string[]
    /** SQL after the schema has changed and shipped records are there. */
    after?: readonly string[]
    /**
     * Values for records that are there already, of those that match `where`: what the author writes or a `given` says. Of more than
     * 50,000 records they are filled in by a job, while everybody works. Raises no version and is no history.
     */
    backfill?: { readonly where?: Where<NoInfer<T>>; readonly set: Backfilled<NoInfer<T>> }
  },
): Migration {
  const { rename = {}, before = [], after = [], backfill } = about
  return {
    kind: 'migration',
    name,
    model,
    rename: rename as Record<string, string>,
    before,
    after,
    backfill: backfill && { where: backfill.where, set: backfill.set },
  }
}
