/** What a module operation will do, said before it is done. The same plan is printed, shown in the screens and executed. */
import type { ErrorValues } from '../errors.ts'
import type { OwnField } from '../module/own-field.ts'

/**
 * `install`, `upgrade` (to the version on disk; without names all of them), `disable`, `enable`, `uninstall`; `purge` drops what
 * earlier versions left behind; `field` adds or removes what an administrator adds to a model.
 */
export type Verb = 'install' | 'upgrade' | 'disable' | 'enable' | 'uninstall' | 'purge' | 'field'

export interface Operation {
  readonly verb: Verb
  /** Of modules; of `field`, the field: `ticket.x_warranty`. */
  readonly names: readonly string[]
  /** Of `field`: one that is added or changed, or removed with its values. */
  readonly field?: OwnFieldChange
  /** Those that need the named modules leave with them; without it, they are a reason to refuse. */
  readonly dependants?: boolean
  /** For records that leave while others point at them: key of a shipped record -> key or id of the one that takes its place. */
  readonly replace?: Readonly<Record<string, string>>
}

export type OwnFieldChange = OwnField | { readonly model: string; readonly name: string; readonly remove: true }

export interface PlannedModule {
  readonly name: string
  /** The version it will have; of one that is removed, the one it had. */
  readonly version: string
  /** The version in the database, where that is another one. */
  readonly from?: string
  readonly becomes: 'installed' | 'upgraded' | 'disabled' | 'enabled' | 'removed' | 'unchanged'
  /** Why it is part of the plan: it was named, a named one needs it, it needs a named one, or its code on disk is another version. */
  readonly why: { readonly kind: 'asked' | 'newer' } | { readonly kind: 'needed' | 'dependant'; readonly of: string }
}

export type SchemaKind =
  | 'create table'
  | 'drop table'
  | 'add column'
  | 'change column'
  | 'rename column'
  | 'drop column'
  | 'create index'
  | 'drop index'
  | 'add constraint'
  | 'drop constraint'
  | 'remove rows'
  | 'other'

/** One change of the schema. */
export interface SchemaChange {
  readonly kind: SchemaKind
  readonly module: string | undefined
  readonly table: string | undefined
  /** The column, index or constraint. */
  readonly name: string | undefined
  /** `uuid, empty allowed`; of an index, its columns. */
  readonly about: string | undefined
  /** Rows of the table now; of a column that is dropped or changed, how many of them have a value. */
  readonly rows: number
  readonly values: number | undefined
  /** An estimate from the number of rows. */
  readonly seconds: number
  readonly sql: readonly string[]
  /** Built after the transaction, while everybody works: an index on a large table. */
  readonly apart: boolean
}

/** What appears, changes or goes besides the schema. `name` is what an author would call it, `label` what people read. */
export interface DeclaredChange {
  readonly kind:
    | 'model'
    | 'field'
    | 'role'
    | 'rule'
    | 'view'
    | 'menu'
    | 'action'
    | 'job'
    | 'setting'
    | 'route'
    | 'page'
    | 'command'
    | 'service'
  readonly change: 'added' | 'changed' | 'removed'
  readonly module: string
  readonly name: string
  readonly label: string
  /** What people call it, by language; of a view, its model. Undefined for what only an author has a name for. */
  readonly labels?: Labels | undefined
}

/** A text by language. */
export type Labels = Readonly<Record<string, string>>

/** One shipped record that the operation touches or leaves alone on purpose. */
export interface DataChange {
  readonly key: string
  readonly model: string
  readonly module: string
  /**
   * `added`; `changed` where nobody changed it here; `kept` where only here it was changed; `conflict` where both did (what is here
   * stays); `removed`; `replaced` by another record in all that point at it; `in use`: it cannot go before a replacement is named.
   */
  readonly change: 'added' | 'changed' | 'kept' | 'conflict' | 'removed' | 'replaced' | 'in use'
  readonly label: string
  /** Of `changed`, `kept` and `conflict`: each field as it was shipped, as it is shipped now and as it is here. */
  readonly fields?: readonly { readonly field: string; readonly before: unknown; readonly now: unknown; readonly here: unknown }[]
  /** Of `in use` and `replaced`: how many records point at it, by model and field. */
  readonly uses?: readonly { readonly model: string; readonly field: string; readonly count: number }[]
  readonly by?: string
}

export interface PlannedMigration {
  readonly module: string
  readonly name: string
  readonly sql: readonly string[]
  /** Rows that a backfill will fill, in batches after the transaction where there are many. */
  readonly backfill?: { readonly model: string; readonly rows: number; readonly apart: boolean }
}

export interface Refusal {
  readonly code: string
  /** The English with {placeholders}, and filled. */
  readonly text: string
  readonly sentence: string
  /** With `code`, what a translation needs. */
  readonly values: ErrorValues
  /** What to do about it, and the code of its translation. */
  readonly hint?: string
  readonly hintCode?: string | undefined
}

export interface Plan {
  readonly operation: Operation
  /** Of what the plan stands on and does: it is executed only while this is still the plan. */
  readonly digest: string
  /** In the order of their dependencies, those that stay as they are included where others need them. */
  readonly modules: readonly PlannedModule[]
  readonly migrations: readonly PlannedMigration[]
  readonly schema: readonly SchemaChange[]
  readonly declared: readonly DeclaredChange[]
  readonly data: readonly DataChange[]
  /** Reasons why it cannot be executed as it is, each with what to do. Empty for a plan that can. */
  readonly refusals: readonly Refusal[]
  /** How long it takes, by the number of rows. */
  readonly seconds: number
  /** Records and values that it destroys: more than none asks for the typed name, and an archive is written first. */
  readonly loses: { readonly rows: number; readonly values: number }
}
