/** What can be filled in. */
import type { Cell, PersonTone } from './cells.ts'

export type Field =
  | TextField
  | LongTextField
  | NumberField
  | DateField
  | CheckboxField
  | SelectField
  | RelationField
  | OneOfField
  | TagsField
  | ConditionField
  | ReadonlyField

interface FieldHead {
  /** The form's key; also makes the id `f-<name>` that an error summary links to. */
  readonly name: string
  readonly label: string
  readonly help?: string
  /** Help on a record that is read: a tooltip of the label. */
  readonly tip?: string
  readonly required?: boolean
  /** A whole sentence: what is wrong and what to do. */
  readonly error?: string
  /** Offers to repair the error: "Next open day: Mon 23 Nov". */
  readonly fixes?: readonly { readonly label: string; readonly value: string }[]
  /** Takes both columns. */
  readonly wide?: boolean
  /** Changing it refreshes the form through `FormScreen.refresh`. */
  readonly live?: boolean
  /** "Field added by the module fleet"; shows a small plug. */
  readonly origin?: string
}

export interface TextField extends FieldHead {
  readonly kind: 'text'
  readonly value: string
  readonly input?: 'text' | 'email' | 'tel' | 'url' | 'password'
  readonly maxLength?: number
  readonly placeholder?: string
  readonly autocomplete?: string
}

export interface LongTextField extends FieldHead {
  readonly kind: 'textarea'
  readonly value: string
  readonly rows?: number
  readonly maxLength?: number
  readonly placeholder?: string
}

export interface NumberField extends FieldHead {
  readonly kind: 'number'
  /** Plain digits with a dot, as `<input type=number>` wants it; '' for none. */
  readonly value: string
  readonly step?: string
  readonly min?: string
  readonly max?: string
  /** "h", "USD". */
  readonly unit?: string
  readonly placeholder?: string
}

export interface DateField extends FieldHead {
  /** `date` takes 2026-11-23, `datetime` takes 2026-11-23T10:30 in the reader's zone. */
  readonly kind: 'date' | 'datetime'
  readonly value: string
  readonly min?: string
  readonly max?: string
}

/** Sends "true" when ticked, and always sends `name` as "false" before it, so that absence means "not on this form". */
export interface CheckboxField extends FieldHead {
  readonly kind: 'checkbox'
  readonly value: boolean
}

export interface Option {
  readonly value: string
  readonly label: string
}

export interface SelectField extends FieldHead {
  readonly kind: 'select'
  readonly value: string
  readonly options: readonly Option[]
}

/** Many-to-one: a `<select>` without script, a search box over `search` with it. */
export interface RelationField extends FieldHead {
  readonly kind: 'relation'
  readonly value: string
  /** Of the chosen record, so that it is shown even when it is not among the options. */
  readonly chosen?: { readonly label: string; readonly href?: string; readonly initials?: string; readonly avatar?: PersonTone }
  /** The first few dozen, for work without script. */
  readonly options: readonly Option[]
  /** GET with `q`, answers `{data: [{id, label, detail?}]}`. Absent, the options are all there are. */
  readonly search?: string
  /** Opens a form for a new one. */
  readonly create?: string
}

/** One of a few records, each shown with what its list says of it. */
export interface OneOfField extends FieldHead {
  readonly kind: 'one-of'
  readonly value: string
  /** One that does not fit is shown and cannot be chosen. */
  readonly options: readonly (Option & { readonly cells: readonly Cell[]; readonly fits: boolean })[]
}

/** Many-to-many: sends `name` once per chosen one, and an empty one first so that "none" can be told from "absent". */
export interface TagsField extends FieldHead {
  readonly kind: 'tags'
  readonly options: readonly (Option & { readonly chosen: boolean })[]
  /** GET with `q`, answers `{data: [{id, label}]}`, when there are more than `options`. */
  readonly search?: string
  /** Without a script: what is looked for, and the button (its value `update`) that comes back with what was found. */
  readonly find?: { readonly name: string; readonly value: string; readonly button: string }
}

/** A condition, put together of rows: what `filterBuilder` made, whose fields begin with `<name>.`. */
export interface ConditionField extends FieldHead {
  readonly kind: 'condition'
  /** Safe HTML. */
  readonly html: string
}

export interface ReadonlyField extends FieldHead {
  readonly kind: 'readonly'
  readonly cell: Cell
}
