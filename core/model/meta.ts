/** What is known of a composed model at run time: the layers of its owner and all extensions, merged. */

import type { z } from 'zod'
import type { Role } from '../access/role.ts'
import type { Action } from '../action/action.ts'
import type { Around, Check, Ddl, Direction, Given, Model, Traits, Unique } from './types.ts'

export type ScalarType =
  | 'string'
  | 'text'
  | 'integer'
  | 'float'
  | 'decimal'
  | 'boolean'
  | 'datetime'
  | 'date'
  | 'enum'
  | 'uuid'
  | 'json'
  | 'texts'
  | 'translated'

interface FieldCommon {
  readonly name: string
  readonly model: ModelMeta
  /** The module that declared it. */
  readonly module: string
  readonly label: string
  readonly help: string | undefined
  readonly nullable: boolean
  readonly valid: z.ZodType | undefined
  readonly tracked: boolean
  readonly required: true | object | undefined
  readonly readonly: true | object | undefined
  readonly only: readonly Role[] | undefined
  readonly confirmed: boolean
  /** A change of it alone raises no version. */
  readonly quiet: boolean
  /** Whether a duplicate of the record begins with its value. */
  readonly copied: boolean
  readonly suggest: Given<any, any> | undefined
  readonly compute: Given<any, any> | undefined
  /** The actions that own it. */
  readonly through: readonly Action[]
}
/** A value in a column, or one made from columns. */
export interface ScalarField extends FieldCommon {
  readonly kind: 'scalar'
  readonly type: ScalarType
  /** A text of many lines. */
  readonly long: boolean
  /** The column's name; undefined for a field that is not stored. */
  readonly column: string | undefined
  readonly values: readonly string[] | undefined
  /** The labels of an enum's values. */
  readonly options: Readonly<Record<string, string>>
  readonly default: unknown
  readonly hasDefault: boolean
  readonly sql: ((columns: any) => string) | undefined
  readonly from: readonly string[] | undefined
  /** Of related records: how many, or the extreme value of a field of theirs. */
  readonly aggregate: AggregateOf | undefined
  readonly sequence: { readonly format: string; readonly gapFree: boolean } | undefined
}
export interface AggregateOf {
  readonly of: string
  /** Undefined counts the records. */
  readonly extreme: { readonly as: 'min' | 'max'; readonly field: string } | undefined
  readonly where: object | undefined
}
/** A many-to-one: one column with the other record's id. */
export interface OneField extends FieldCommon {
  readonly kind: 'one'
  readonly column: string
  readonly target: ModelMeta
  readonly where: object | Given<any, any> | undefined
  /** False where the record it names may be gone. */
  readonly constrained: boolean
  /** The record goes when the one it names does. */
  readonly removedWith: boolean
  readonly hasDefault: boolean
}
/** A one-to-many (the other model's `mappedBy`) or a many-to-many (a table between). */
export interface ManyField extends FieldCommon {
  readonly kind: 'many'
  readonly target: ModelMeta
  /** One-to-many: the field of the other model. */
  readonly mappedBy: string | undefined
  /** True for the side of a many-to-many that makes the table between. */
  readonly owned: boolean
  /** Many-to-many: the table between and its two columns. */
  readonly pivot: { readonly table: string; readonly own: string; readonly other: string } | undefined
  readonly where: object | undefined
}
export type FieldMeta = ScalarField | OneField | ManyField

export interface ModelMeta {
  readonly name: string
  /** The handle that modules import. */
  readonly handle: Model
  readonly module: string
  readonly table: string
  readonly label: string
  readonly plural: string
  /** `ticket-statuses`: the path below /api and in the client. */
  readonly path: string
  readonly icon: string | undefined
  readonly fields: ReadonlyMap<string, FieldMeta>
  /** Makes the label of a record from the fields it needs. */
  readonly title: Given<any, string>
  readonly code: string | undefined
  readonly order: readonly { readonly path: string; readonly direction: Direction }[]
  readonly checks: ReadonlyMap<string, Check<any> & { readonly module: string }>
  readonly unique: ReadonlyMap<string, Unique<any>>
  readonly indexes: readonly { readonly of: readonly string[]; readonly where?: object; readonly type?: 'btree' | 'trigram' }[]
  readonly ddl: ReadonlyMap<string, Ddl>
  /** Innermost first: the owner's, then each extension's. */
  readonly around: readonly Around<any>[]
  /** Of each layer that has one. */
  readonly guards: readonly NonNullable<Traits<any>['guard']>[]
  readonly confirmed: boolean
  readonly exposed: boolean
  readonly appendOnly: boolean
  /** Names of to-one fields; layers add up. */
  readonly within: readonly string[]
  readonly announced: boolean | { readonly but: readonly string[] }
  readonly personal: boolean
  readonly actor: boolean
  readonly journal: boolean
  /** Traits as merged, for those that modules added by merging the interface. */
  readonly traits: Readonly<Record<string, unknown>>
}

/** Every record has these, and no module declares them: the system alone writes them. */
export const systemFields: ReadonlySet<string> = new Set(['id', 'version', 'createdAt', 'updatedAt', 'createdBy', 'updatedBy'])

/** Whether anybody at all, whatever his rules, may give the field a value. */
export function isWritable(field: FieldMeta): boolean {
  if (systemFields.has(field.name) || field.readonly === true || field.only?.length === 0 || isDerived(field)) return false
  if (field.kind === 'many') return field.pivot !== undefined
  return field.kind === 'one' || field.column !== undefined
}

/** Whether the value follows from others, so that nobody writes it. */
export function isDerived(field: FieldMeta): boolean {
  if (field.kind === 'many') return false
  if (field.compute !== undefined) return true
  return field.kind === 'scalar' && (field.sql !== undefined || field.from !== undefined || field.aggregate !== undefined)
}

/** Whether a statement can tell the value; one that is computed without being stored is made in memory, when a record is read. */
export function isInDatabase({ column, sql, from, aggregate }: ScalarField): boolean {
  return column !== undefined || sql !== undefined || from !== undefined || aggregate !== undefined
}

/** Whether each related record may have many of these in turn, as tags do: there is a table between, and such a relation makes groups. */
export function isShared(field: FieldMeta): field is ManyField & { readonly pivot: NonNullable<ManyField['pivot']> } {
  return field.kind === 'many' && field.pivot !== undefined
}

/** Whether records can be told apart by it: what has no value in the database, and long texts, make no groups. */
export function makesGroups(field: FieldMeta): boolean {
  if (field.kind !== 'scalar') return field.kind === 'one' || isShared(field)
  return !['json', 'texts', 'text'].includes(field.type) && isInDatabase(field)
}

/** All models of one boot. */
export interface Models {
  readonly all: readonly ModelMeta[]
  byName(name: string): ModelMeta | undefined
  byPath(path: string): ModelMeta | undefined
  /** The composed model of a handle; throws for a model that is not installed. */
  of(handle: Model): ModelMeta
  readonly actor: ModelMeta | undefined
  readonly journal: ModelMeta | undefined
}

/** Walks `partner.company.name` from a model; undefined where a step does not exist or is not a to-one relation. */
export function fieldAt(model: ModelMeta, path: string): FieldMeta | undefined {
  let at: ModelMeta | undefined = model
  let field: FieldMeta | undefined
  for (const step of path.split('.')) {
    field = at?.fields.get(step)
    if (!field) return undefined
    at = field.kind === 'one' ? field.target : undefined
  }
  return field
}

/** The fields along a path, through to-many relations too, up to the first step that does not exist. */
export function fieldsAlong(model: ModelMeta, path: readonly string[]): readonly FieldMeta[] {
  const fields: FieldMeta[] = []
  let at: ModelMeta | undefined = model
  for (const step of path) {
    const field: FieldMeta | undefined = at?.fields.get(step)
    if (!field) break
    fields.push(field)
    at = field.kind === 'scalar' ? undefined : field.target
  }
  return fields
}
