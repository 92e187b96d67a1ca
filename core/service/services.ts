/** What code that acts for somebody gets: services by name, one set per request, job or command. */
import type { Logger } from 'pino'
import type { Context } from '../access/caller.ts'
import type { Config } from '../config/index.ts'
import type { Copy } from '../database/copy.ts'
import type { Limits } from '../database/limits.ts'
import type { Live } from '../database/live.ts'
import type { Modules } from '../installation/modules.ts'
import type { AnyPath, Model, Seen } from '../model/types.ts'
import type { Composition } from '../module/composition.ts'
import type { Job, Reply, Request } from '../module/module.ts'
import type { Access } from '../records/access.ts'
import type { Records } from '../records/records.ts'
import type { Watched } from '../records/watched.ts'
import type { KeptJobs } from './kept-jobs.ts'

/** Modules add theirs: `declare module '@tessera/core' { interface Services { tickets: TicketService } }`. */
export interface Services {
  /** Who acts, when, through which door. */
  readonly context: Context
  /** Reads and writes for the caller, under his rules. */
  readonly records: Records
  /**
   * Reads and writes without rules, for what the system itself decides. `why` is listed by `tessera routes`.
   * The history still names the caller.
   */
  readonly asSystem: (why: string) => Records
  /**
   * All services as the system has them, in the same transaction: for what a module does through others when nobody is signed in,
   * such as taking in a message that a chat service delivers. `why` is listed by `tessera routes`, and nobody is named in the history.
   */
  readonly bySystem: (why: string) => Services
  /** The same services through the door `import`: for a file that somebody takes in. History says so, and nobody is told of each record. */
  readonly importing: () => Services
  /** The same services for a reader of another language, in the same transaction: for what is written to somebody else. */
  readonly inLanguage: (locale: string) => Services
  /**
   * Whether somebody else may read a record, as it stands in this transaction: asked before he is told of it.
   * False for a user that does not exist or is deactivated.
   */
  readonly mayRead: (user: string, model: Model, id: string) => Promise<boolean>
  /**
   * What somebody else sees of a record, as it stands in this transaction: for what is sent to him. Fields that his rules hide are left
   * out, or empty. Undefined where he may not read it.
   */
  readonly seenBy: <T, const P extends AnyPath<T>>(
    user: string,
    model: Model<T>,
    id: string,
    fields: readonly P[],
  ) => Promise<Partial<Seen<T, P>> | undefined>
  /** What is installed: models, screens, menus, actions, texts. */
  readonly app: Composition
  /** What the environment says; secrets among it are never shown. */
  readonly config: Pick<Config, 'baseUrl' | 'dataDir' | 'smtpUrl' | 'mailFrom' | 'variable' | 'secret'>
  readonly jobs: Jobs
  /** For operators: `log.info({ count }, 'A sentence.')`. Never what people wrote, and no secret. */
  readonly log: Log
  /** Set for a copy to try things with: nothing goes out of it, and nothing is done by the clock. */
  readonly copy: Pick<Copy, 'since'>
  /** How often something happened lately, counted by all processes together. */
  readonly limits: Limits
  /** News for those who look at something right now, in whichever process they are heard. */
  readonly live: Live
  /** A text of the catalogues in the caller's language, by code: `text('web.save')`; ICU placeholders from `values`. */
  readonly text: (code: string, values?: Readonly<Record<string, unknown>>) => string
  /** The statements of this request so far; undefined unless the client asked for them (`Client.watches`). */
  readonly watched: () => Watched | undefined
  readonly identity: Identity
  /** Roles and rules in force, and why somebody may do something. It asks nobody: whoever shows what it says has checked that he may. */
  readonly access: Access
  /** The modules of the deployment, and operations on them. It asks nobody either. */
  readonly modules: Modules
}

export type Log = Pick<Logger, 'info' | 'warn' | 'error'>

/** Work for later, written in the current transaction when there is one, done with the rights of whoever asked for it. */
export interface Jobs {
  send<I>(job: Job<I>, input: I): Promise<void>
  /** Everybody's, beyond all rules, for a reason: whoever calls this has asked who may. */
  asKeeper(why: string): KeptJobs
}

/** Needed by core's doors, provided by a module (`base`) under the service name `identity`. Tokens are looked up by their SHA-256. */
export interface Identity {
  /** The user of an API key that is known, not expired and not revoked; `origins` may use it from their pages in a browser. */
  userOfKey(token: string): Promise<KnownKey | undefined>
  /** Whether some key that works names this origin. Asked before a browser sends the key, and by anybody: it must cost little. */
  servesOrigin(origin: string): Promise<boolean>
  /** The user of a session that is known and not expired. */
  userOfSession(token: string): Promise<KnownSession | undefined>
  /** Another token for a session that asks for one (`renew`); undefined when a request beside this one has it already. */
  renewSession?(token: string): Promise<{ readonly token: string; readonly expires: Date } | undefined>
}
export interface KnownKey {
  readonly user: string
  /** The id of the key. */
  readonly key: string
  readonly origins: readonly string[]
  /** What it is kept to, inside the rights of its owner; undefined is all of them. */
  readonly scopes?: readonly string[] | undefined
  /** Requests a minute; 600 unless told. */
  readonly perMinute?: number | undefined
}
export interface KnownSession {
  readonly user: string
  readonly id: string
  /** When its user last showed that it is he. */
  readonly confirmedAt: Date
  /** Whom he looks at the application as, without changing anything. */
  readonly viewing?: string | undefined
  /** The rights of its user have changed: the next page brings the browser another token. */
  readonly renew?: boolean | undefined
}

/** Needed by core's HTTP door, provided by a client module (`web`) under the service name `client`: how an error looks to a person. */
export interface Client {
  errorPage(
    error: { readonly status: number; readonly code: string; readonly sentence: string; readonly hint?: string | undefined },
    request: Request,
  ): Reply | Promise<Reply>
  /** Whether this page is to tell the statements that it took: they are kept then, for `services.watched()`. */
  watches?(): boolean
}

export type ServiceClass<S = unknown> = new (services: Services) => S
