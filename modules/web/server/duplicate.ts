import { type FieldMeta, isDerived, type ModelMeta } from '@tessera/core'
import type { Typed } from './control.ts'
import type { FormPlan } from './form-plan.ts'
import type { Row } from './rows.ts'

/** What a duplicate begins with: what the reader sees on the form, and what can be true of two records. What was typed goes before it. */
export function copiedValues(model: ModelMeta, plan: FormPlan, source: Row, typed: Typed): Readonly<Record<string, unknown>> {
  const copied = [...plan.fields.values()].filter(({ name, field, fixed }) => !fixed && !typed.has(name) && isCopied(model, field))
  return Object.fromEntries(copied.map(({ name }) => [name, source[name]]))
}

function isCopied(model: ModelMeta, field: FieldMeta): boolean {
  // What actions own says where a record stands, and a new one stands at its beginning. So does one that was put away.
  if (!field.copied || field.through.length > 0 || isDerived(field) || field.name === 'active') return false
  if (field.kind === 'scalar' && field.sequence) return false
  // Of several fields that are unique together, the relations say within what.
  return ![...model.unique.values()].some(({ of }) => of.includes(field.name) && (of.length === 1 || field.kind !== 'one'))
}
