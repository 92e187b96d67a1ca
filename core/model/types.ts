/** What TypeScript knows about models: fields, paths, conditions, traits. Nothing here exists at run time. */
import type { EntityCtor, Opt } from '@mikro-orm/core'
import type { z } from 'zod'
import type { Role } from '../access/role.ts'
import type { Action } from '../action/action.ts'
import type { Services } from '../service/services.ts'

/**
 * A type that composition has erased: declarations of many models lie in one list, and only the declaring function knew
 * which. The one `any` that other rooms may name.
 */
export type Erased = any

/** A model's handle: an empty class with the model's name, and its record type for the compiler. */
export type Model<T = any> = EntityCtor<T> & { readonly '~entity': T; readonly prototype: T }

/** Anybody who acts: the user model of the `base` module satisfies it. */
export interface Actor {
  readonly id: string
  name: string
}

/** The fields that every record has, kept by the system. */
export interface Kept {
  readonly id: string
  /** Rises with every write; the optimistic lock. */
  readonly version: Opt<number>
  readonly createdAt: Opt<Date>
  readonly updatedAt: Opt<Date>
  readonly createdBy: Actor | null
  readonly updatedBy: Actor | null
}

/** The related records of a to-many field. A record never holds them; a query counts, lists or filters by them. */
export interface Many<T> {
  readonly '~many': T
}

/** A text kept once per language, read in the reader's. Written as one text (the writer's language) or as `{ en, fr }`. */
export type Translated = Opt<string> & { readonly '~translated'?: true }

type Builder = { '~type'?: { value: unknown }; '~options': unknown }
type Built<B> = B extends (...args: never[]) => infer R ? R : B
type Defaulted = { default: unknown } | { defaultRaw: string } | { persist: false } | { onCreate: unknown }
type Nullable<V, O> = O extends { nullable: true } ? V | null : V
type ValueOf<B> = B extends { '~type'?: { value: infer V }; '~options': infer O }
  ? O extends { kind: '1:m' | 'm:n' }
    ? Many<V>
    : O extends { array: true }
      ? Nullable<O extends Defaulted ? Opt<V[]> : V[], O>
      : Nullable<O extends Defaulted ? Opt<V> : V, O>
  : never

/**
 * The record type of a model's or an extension's fields: `interface Ticket extends Fields<typeof fields> {}`. `Filled` names
 * those that the traits fill in (a suggestion, a sequence): a draft may leave them out, a record always has them.
 */
export type Fields<F, Filled extends keyof F = never> = {
  [K in keyof F]: K extends Filled ? Opt<ValueOf<Built<F[K]>>> : ValueOf<Built<F[K]>>
} & Kept
/** The same for an extension: without the kept fields, which the owner has already. */
export type Builders<T> = { [K in keyof T]?: Builder | (() => Builder) }

type Plain<V> = V extends Opt<infer U> ? U : V
/** A to-one relation's record, or never. */
type One<V> =
  NonNullable<V> extends infer U
    ? U extends Many<any> | Date | readonly unknown[] | string | number | boolean
      ? never
      : U extends { readonly id: string }
        ? U
        : never
    : never
type ManyOf<V> = V extends Many<infer U> ? U : never

/** A field of the model. */
export type Column<T> = keyof T & string
type ScalarKeys<T> = { [K in Column<T>]: [One<T[K]>] extends [never] ? ([ManyOf<T[K]>] extends [never] ? K : never) : never }[Column<T>]
type OneKeys<T> = { [K in Column<T>]: [One<T[K]>] extends [never] ? never : K }[Column<T>]
export type ManyKeys<T> = { [K in Column<T>]: [ManyOf<T[K]>] extends [never] ? never : K }[Column<T>]

/** A relation to many records, of this record or of one that it names: `tickets`, `partner.tickets`. */
export type ManyPath<T> = ManyKeys<T> | { [K in OneKeys<T>]: `${K}.${ManyKeys<One<T[K]>>}` }[OneKeys<T>]

/** A field reached through one or two to-one relations: `partner.email`, `partner.company.name`. */
export type Path<T> = {
  [K in OneKeys<T>]:
    | `${K}.${Column<One<T[K]>>}`
    | { [L in OneKeys<One<T[K]>>]: `${K}.${L}.${Column<One<One<T[K]>[L]>>}` }[OneKeys<One<T[K]>>]
}[OneKeys<T>]
export type AnyPath<T> = Column<T> | Path<T>

/** A related record of which nothing but identity was asked. */
export interface Ref {
  readonly id: string
  readonly label: string
}
type SeenValue<V> = [ManyOf<V>] extends [never] ? ([One<V>] extends [never] ? Plain<V> : Ref | Extract<V, null>) : readonly Ref[]
type HeadOf<P> = P extends `${infer H}.${string}` ? H : P
type TailOf<P, H extends string> = P extends `${H}.${infer R}` ? R : never
/** Exactly what was asked for: `Seen<Ticket, 'subject' | 'partner.name'>` is `{ subject: string; partner: { id, label, name } }`. */
export type Seen<T, P> = {
  readonly [H in HeadOf<P> & keyof T & string]: [TailOf<P, H>] extends [never]
    ? SeenValue<T[H]>
    : (Ref & Seen<One<T[H]>, TailOf<P, H>>) | Extract<T[H], null>
} & { readonly id: string }

/** A value that follows from others: `code` sees only what it needs, and core knows when to run it again. */
export interface Given<T, R> {
  readonly needs: readonly string[]
  readonly code: (seen: never, context: GivenContext) => R
  /** The one field whose text it is, where it is nothing else. */
  readonly field?: string
  readonly '~of'?: (record: T) => void
}
export interface GivenContext {
  readonly now: Date
  /** True while the record is being created. */
  readonly isNew: boolean
}

type Scalar<V> = Plain<NonNullable<V>>
type Compared<V> = V | readonly V[] | Operators<V>
interface Operators<V> {
  $eq?: V | null
  $ne?: V | null
  $in?: readonly V[]
  $nin?: readonly V[]
  $gt?: V
  $gte?: V
  $lt?: V
  $lte?: V
  /** Ignores case and accents. */
  $contains?: string
  $startsWith?: string
  /** True where the field is empty. */
  $null?: boolean
}
/** What a condition may say of one field's value. */
export type ConditionOn<V> = [ManyOf<V>] extends [never]
  ? [One<V>] extends [never]
    ? Compared<Scalar<V>> | null
    : Compared<string> | Coded | Where<One<V>> | Extract<V, null> | null
  : Where<ManyOf<V>>
/** The one condition language: rules, filters, tones, required and hidden fields, choices, partial indexes. Data, with placeholders. */
export type Where<T> = 0 extends 1 & T
  ? any
  : { readonly [K in Column<T>]?: ConditionOn<T[K]> } & {
      readonly $and?: readonly Where<T>[]
      readonly $or?: readonly Where<T>[]
      readonly $not?: Where<T>
    }

/** A reference to a shipped record, known before the database is: `status.new`. */
export interface Coded {
  readonly '~shipped': string
}

/** A record as a writer gives it: relations by id, shipped record or code; what has a default, a suggestion or is kept may be left out. */
export type Draft<T> = 0 extends 1 & T
  ? any
  : { [K in RequiredKeys<T>]: Written<T[K]> } & {
      [K in Exclude<Column<T>, keyof Kept | RequiredKeys<T>>]?: Written<T[K]> | undefined
    }
export type Changes<T> = 0 extends 1 & T ? any : { [K in Exclude<Column<T>, keyof Kept>]?: Written<T[K]> | undefined }
type RequiredKeys<T> = {
  [K in Exclude<Column<T>, keyof Kept>]: null extends T[K] ? never : T[K] extends Opt | Many<any> ? never : K
}[Exclude<Column<T>, keyof Kept>]
export type RelationValue = string | Coded | { readonly id: string } | { readonly code: string }
type Written<V> = [ManyOf<V>] extends [never]
  ? [One<V>] extends [never]
    ? '~translated' extends keyof NonNullable<V>
      ? string | Readonly<Record<string, string>> | Extract<V, null>
      : Plain<V>
    : RelationValue | Extract<V, null>
  : readonly RelationValue[]

export type Direction = 'asc' | 'desc'
export type Order<T> = { [K in AnyPath<T>]?: Direction }

export type Condition<T> = true | Where<T>

/** What one field means to people and rules. An addon states an attribute again to change it; the later layer wins. */
export interface FieldTraits<T, V> {
  /** English; the default is guessed from the name (`dueAt`: "Due at"). */
  label?: string
  help?: string
  /** A zod schema that every door checks; it also goes into OpenAPI. */
  valid?: z.ZodType
  /** Changes are written to the history. */
  tracked?: boolean
  required?: Condition<T>
  readonly?: Condition<T>
  /** Only these roles, and one that may everything, read or write the field, whatever rules say; `[]` is for the system alone. */
  only?: readonly Role[]
  /** Through a session it is written only within ten minutes of signing in or confirming it. */
  confirmed?: boolean
  /** Labels of an enum's values. */
  options?: Readonly<Record<string, string>>
  /** Proposed by the system until a writer says otherwise; no needs means: at creation only. */
  suggest?: Given<T, SuggestedValue<V>>
  /** Always decided by the system. Stored, unless the builder says `.persist(false)`. */
  compute?: Given<T, SuggestedValue<V>>
  /** An SQL expression over the record's own columns: a formula with `.persist(false)`, else a generated column. */
  sql?: (columns: Readonly<Record<Column<T>, string>>) => string
  /** The value of a field of a related record. */
  from?: Path<T>
  /** How many related records there are, counted under the reader's rules. */
  count?: ManyKeys<T> | CountOf<T>
  /** The smallest or greatest value of a field of related records, of those and of what the reader may see of them. */
  min?: ExtremeOf<T>
  max?: ExtremeOf<T>
  /** A number sequence: `T-{yyyy}-{00000}`; as an object to make it gap-free. */
  sequence?: string | { readonly format: string; readonly gapFree: true }
  /** Which records a relation may name; of a to-one it may follow from the record. */
  where?: [One<V>] extends [never] ? ([ManyOf<V>] extends [never] ? never : Where<ManyOf<V>>) : Where<One<V>> | Given<T, Where<One<V>>>
  /** A change of it alone is no news: the record's version and its last change stay as they are. */
  quiet?: true
  /** False: a duplicate of the record does not take it along. What is unique, derived or owned by actions never comes along. */
  copy?: false
  /** Of a to-one relation: the record is removed together with the one that it names. Others keep that from being removed. */
  removedWith?: [One<V>] extends [never] ? never : true
  /** The actions that own the field: a direct write goes through one of them or is refused. */
  through?: () => readonly Action<any, any>[]
}
type SuggestedValue<V> = ([One<V>] extends [never] ? Plain<V> : string | Coded | { readonly id: string }) | null | undefined
/** Values by field, or what they follow from. */
export type Backfilled<T> = {
  readonly [K in Exclude<Column<T>, keyof Kept | ManyKeys<T>>]?: Written<T[K]> | Given<T, SuggestedValue<T[K]>>
}
export type CountOf<T> = { [K in ManyKeys<T>]: { readonly of: K; readonly where?: Where<ManyOf<T[K]>> } }[ManyKeys<T>]

export type ExtremeOf<T> = {
  [K in ManyKeys<T>]: { readonly of: K; readonly field: ScalarKeys<ManyOf<T[K]>>; readonly where?: Where<ManyOf<T[K]>> }
}[ManyKeys<T>]

export interface Check<T> {
  readonly holds: Where<T> | Given<T, unknown>
  /** The English sentence with {placeholders}. */
  readonly else: string
}
export interface Unique<T> {
  readonly of: readonly Column<T>[]
  readonly else: string
}
export interface Index<T> {
  readonly of: readonly AnyPath<T>[]
  readonly where?: Where<T>
  readonly type?: 'btree' | 'trigram'
}
/**
 * Raw DDL that the models cannot express. `up` and `down` are one statement each. Names that begin with `ix_` or `uq_`, or end
 * in `_check` or `_foreign`, are those of the models: an upgrade would drop what it does not know under them.
 */
export interface Ddl {
  readonly up: string
  readonly down: string
}

/** The behaviour around a write, inside its transaction; `next` is the behaviour so far. */
export interface Around<T> {
  create?: (draft: Draft<T>, next: (draft: Draft<T>) => Promise<T>, services: Services) => Promise<T>
  update?: (record: T, changes: Changes<T>, next: (changes: Changes<T>) => Promise<void>, services: Services) => Promise<void>
  remove?: (record: T, next: () => Promise<void>, services: Services) => Promise<void>
}

/** A write that a guard is asked about, before anything of it is stored. Relations are ids, to-many ones lists of ids. */
export interface GuardedWrite {
  readonly verb: 'create' | 'update' | 'delete'
  readonly id: string
  /** The record as it is, whatever the writer may read of it; null for one that is created. */
  readonly before: Readonly<Record<string, unknown>> | null
  /** What becomes of its fields: of an update those that change, of a removal none. */
  readonly changes: Readonly<Record<string, unknown>>
}

/** What a model means to people and rules. `extend` takes the same shape. Modules may add their own by merging this interface. */
export interface Traits<T> {
  label?: string
  plural?: string
  icon?: string
  /** What a record is called: a field, or a text made from fields. */
  title?: ScalarKeys<T> | Given<T, string>
  /** The field that names a record to people and programs: `{ "code": "resolved" }`. Unique. */
  code?: ScalarKeys<T>
  order?: Order<T>
  fields?: { [K in Column<T>]?: FieldTraits<T, T[K]> }
  checks?: Readonly<Record<string, Check<T>>>
  unique?: Readonly<Record<string, Unique<T>>>
  indexes?: readonly Index<T>[]
  ddl?: Readonly<Record<string, Ddl>>
  around?: Around<T>
  /** Refuses, by throwing, what rules cannot say: asked about every write but the system's own, after all that lies `around` it. */
  guard?: (write: GuardedWrite, services: Services) => Promise<void>
  /** Through a session its records are written only within ten minutes of signing in or confirming it. */
  confirmed?: boolean
  /** False keeps the model out of the API and the generated screens. */
  exposed?: boolean
  /** False: administrators add no fields to it, as to what the system keeps by itself. */
  extensible?: boolean
  /** Records are only ever added: an update or removal is refused for everybody. */
  appendOnly?: boolean
  /**
   * To-one relations that the record belongs to: whoever may not read the record they name may not read or write this one either,
   * whatever his rules say. A message is read where its ticket is.
   */
  within?: readonly Column<T>[]
  /** A write of this model is announced to every process, which then drops what it keeps of it; `but` names fields that do not matter. */
  announced?: boolean | { readonly but: readonly Column<T>[] }
  /** Its owner's alone: whoever looks as another user sees none of them. */
  personal?: boolean
  /** Its records end with the database that they were made in: a backup that is restored has none of them. Such as sessions. */
  fleeting?: boolean
  /** The model that keeps the history of tracked fields; at most one. It has model, record, at, actor, door, field, old, new. */
  journal?: boolean
  /** The model of those who act; exactly one. `createdBy` and `me` refer to it. */
  actor?: boolean
}
