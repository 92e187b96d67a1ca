/** The question before, or for, an action. */
import type { Field } from './fields.ts'
import type { AppScreen, HiddenValue } from './frame.ts'
import type { Fact } from './list.ts'
import type { ErrorSummary } from './refused.ts'

/** Asks before, or for, an action: the page behind every verb that needs input or a second thought. Works without script. */
export interface ConfirmScreen extends AppScreen {
  /** Usually the record's name or "3 tickets". */
  readonly subject?: string
  readonly text?: string
  /** POST of the fields, `values`, `_csrf`. */
  readonly action: string
  readonly values: readonly HiddenValue[]
  readonly fields: readonly Field[]
  /** What hangs on it and what becomes of it. */
  readonly consequences?: readonly Fact[]
  /** A destructive one asks for this to be typed, as `typed`. */
  readonly typeToConfirm?: string
  /** Left out of what cannot be done. */
  readonly confirm?: { readonly label: string; readonly danger: boolean }
  readonly cancel: string
  readonly errors?: ErrorSummary
}
