import { type FieldMeta, isDerived, type ModelMeta } from '@tessera/core'
import type { Typed } from './control.ts'
import type { FormPlan } from './form-plan.ts'
import { type LinesPlan, linesOf } from './lines-plan.ts'
import { storedLines } from './lines-tab.ts'
import type { Reader } from './reader.ts'
import type { Row } from './rows.ts'

/** What a duplicate begins with: what the reader sees on the form, and what can be true of two records. What was typed goes before it. */
export function copiedValues(model: ModelMeta, plan: FormPlan, source: Row, typed: Typed): Readonly<Record<string, unknown>> {
  const copied = [...plan.fields.values()].filter(({ name, field, fixed }) => !fixed && !typed.has(name) && isCopied(model, field))
  return Object.fromEntries(copied.map(({ name }) => [name, source[name]]))
}

/** What lines a duplicate begins with, by the field that has them: those that the reader sees, as far as he may make such. */
export async function copiedLines(reader: Reader, model: ModelMeta, plan: FormPlan, source: Row): Promise<CopiedLines> {
  const plans = linesOf(reader, model, plan).filter(({ field, create }) => create && model.fields.get(field)?.copied)
  const lines = await Promise.all(
    plans.map(async (each) => {
      const { rows, total = 0 } = await storedLines(reader, each, source)
      return [each.field, { rows: rows.map((row) => copiedLine(each, row)), total }] as const
    }),
  )
  return new Map(lines)
}

/** `total`: how many the record has, of which no more than a form holds come along. */
export type CopiedLines = ReadonlyMap<string, { readonly rows: readonly Readonly<Record<string, unknown>>[]; readonly total: number }>

function copiedLine({ target, mappedBy, fields }: LinesPlan, row: Row): Readonly<Record<string, unknown>> {
  const copied = [...fields.values()].filter(({ field, fixed }) => !fixed && isCopied(target, field, mappedBy))
  return Object.fromEntries(copied.map(({ name }) => [name, row[name]]))
}

/** `within` names the record that a line is of: what is unique there is free in another one. */
function isCopied(model: ModelMeta, field: FieldMeta, within?: string): boolean {
  // What actions own says where a record stands, and a new one stands at its beginning. So does one that was put away.
  if (!field.copied || field.through.length > 0 || isDerived(field) || field.name === 'active') return false
  if (field.kind === 'scalar' && field.sequence) return false
  // Of several fields that are unique together, the relations say within what.
  return ![...model.unique.values()].some(
    ({ of }) => of.includes(field.name) && !(within !== undefined && of.includes(within)) && (of.length === 1 || field.kind !== 'one'),
  )
}
