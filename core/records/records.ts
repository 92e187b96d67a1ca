/** The one way to read and write any model for somebody. */
import type { Action } from '../action/action.ts'
import type { AnyPath, Changes, Draft, Model, Order, Ref, Seen, Where } from '../model/types.ts'
import type { Grouping } from '../view/view.ts'
import type { Ending } from './transaction.ts'

export interface Ask<T, P> {
  /** Fields and paths; `id` always comes along. A relation comes as `{ id, label }`. */
  readonly fields: readonly P[]
  readonly where?: Where<T>
  /** Ties are broken by id, empty values come last. The default is the model's order. */
  readonly order?: Order<T>
  /** Words to look for in the texts that the model's search declares. */
  readonly q?: string
  /** 1 to 200; 50 unless told. */
  readonly limit?: number
  /** `next` or `previous` of an earlier answer to the same question. */
  readonly cursor?: string
  /** Counts the matching records too, up to 10,001. `about` is for people: of a thousand and more it may be ten seconds old, or a minute more if it takes long. */
  readonly total?: boolean | 'about'
  /** Only records to which this may be done as well, and of them the fields to which it may: `export`. */
  readonly may?: string
  /** Only what can be chosen now: without the records that a disabled module shipped. */
  readonly offered?: boolean
  /** Each row also gets the record's own label, as `label`. */
  readonly label?: boolean
  /** For a value of which there may be very few or very many records: how to look for it is decided for it, which takes a millisecond. */
  readonly fitted?: boolean
  /** `texts` for rows that are written as JSON at once: instants are then as JSON has them, at a fifth of the cost, whatever the type says. */
  readonly instants?: 'dates' | 'texts'
}
export interface Rows<R> {
  readonly rows: readonly R[]
  readonly next: string | null
  readonly previous: string | null
  readonly total?: number
  /** True when there are more than 10,000. */
  readonly capped?: boolean
}
export interface GroupAsk<T> {
  /** By none, `measures` of all together make one row. */
  readonly by: readonly Grouping<T>[]
  /** Of a relation to many in `by`, only the groups of these ids; '' for that of records with none. A record counts in several of them. */
  readonly only?: Readonly<Record<string, readonly string[]>>
  readonly where?: Where<T>
  readonly q?: string
  /** `count`, `hours:sum`, `hours:avg`, `hours:median`, `hours:min`, `hours:max`; `partner:distinct` counts how many different ones. */
  readonly measures?: readonly string[]
  readonly limit?: number
  /** Only of records to which this may be done as well: `export`. */
  readonly may?: string
  /** For a screen: of very many records the numbers may be some seconds old. */
  readonly about?: boolean
}
export type GroupRow = Readonly<Record<string, Ref | Date | string | number | boolean | null>>

/** One change of one field, in the reader's words; `field` is null for the creation and the removal. */
export interface HistoryEntry {
  readonly id: string
  readonly at: Date
  readonly actor: Ref | null
  readonly door: string
  readonly field: string | null
  readonly label: string | null
  /** Relations as `{ id, label }`. */
  readonly old: unknown
  readonly new: unknown
}

export interface Records {
  query<T, const P extends AnyPath<T>>(model: Model<T>, ask: Ask<NoInfer<T>, P>): Promise<Rows<Seen<T, P>>>
  /** How many records match, up to 10,001. */
  count<T>(model: Model<T>, ask?: { where?: Where<NoInfer<T>>; q?: string; about?: boolean }): Promise<number>
  /** The whole record with its to-one relations, or the named fields. NotFound when there is none that the caller may read. */
  get<T>(model: Model<T>, id: string): Promise<T>
  get<T, const P extends AnyPath<T>>(model: Model<T>, id: string, fields: readonly P[]): Promise<Seen<T, P>>
  /**
   * The whole record, which nobody else can change until the transaction ends: for a decision that depends on it. Only inside
   * `transaction` or a listener. NotFound when there is none that the caller may read.
   */
  lock<T>(model: Model<T>, id: string): Promise<T>
  /** The first match, or null. */
  find<T>(model: Model<T>, where: Where<NoInfer<T>>): Promise<T | null>
  group<T>(model: Model<T>, ask: GroupAsk<NoInfer<T>>): Promise<readonly GroupRow[]>
  /** Returns the whole record, or where it takes less the named fields and the label; only the id to somebody who may not read it. */
  create<T>(model: Model<T>, draft: Draft<NoInfer<T>>): Promise<T>
  create<T, const P extends AnyPath<T>>(model: Model<T>, draft: Draft<NoInfer<T>>, fields: readonly P[]): Promise<Seen<T, P>>
  /** Creates many at once, in their order; returns their ids. All or none. */
  createMany<T>(model: Model<T>, drafts: readonly Draft<NoInfer<T>>[]): Promise<readonly string[]>
  /** `version` makes it fail with VersionMismatch when somebody else wrote meanwhile. */
  update<T>(model: Model<T>, id: string, changes: Changes<NoInfer<T>>, version?: number): Promise<T>
  update<T, const P extends AnyPath<T>>(
    model: Model<T>,
    id: string,
    changes: Changes<NoInfer<T>>,
    version: number | undefined,
    fields: readonly P[],
  ): Promise<Seen<T, P>>
  remove(model: Model, id: string, version?: number): Promise<void>
  /** Does an action, as its button does. */
  act<T, I>(action: Action<T, I>, id: string, input: I, version?: number): Promise<T>
  act<T, I, const P extends AnyPath<T>>(
    action: Action<T, I>,
    id: string,
    input: I,
    version: number | undefined,
    fields: readonly P[],
  ): Promise<Seen<T, P>>
  /** What happened to a record, newest first, as far as the caller may read it. */
  history(model: Model, id: string, limit?: number): Promise<readonly HistoryEntry[]>
  /** The same with another clock: what is written then counts as written at that instant. For imports of a past. */
  at(instant: Date): Records
  /**
   * Waits until nobody else, in any process, is alone under this name, and is until the transaction ends. Only inside
   * `transaction`, a listener or a job.
   */
  alone(name: string): Promise<void>
  /** Everything inside happens together or not at all. */
  transaction<R>(run: () => Promise<R>): Promise<R>
  /**
   * Keeps a value for the end of the running transaction, where `ending` gets all values that were kept for it, once: for what
   * follows from several changes together. Only inside `transaction` or a listener; what is undone is forgotten.
   */
  atEnd<V>(ending: Ending<V>, value: V): void
}
