import { type ModelMeta, operand, readableField } from '@tessera/core'
import { isId, type Typed, typedValue } from './control.ts'
import type { FormPlan } from './form-plan.ts'
import type { Reader } from './reader.ts'
import { queryRows, type Row } from './rows.ts'

/** What a new record begins with: defaults, suggestions that follow from nothing, and what the address names. */
export async function firstValues(reader: Reader, model: ModelMeta, plan: Pick<FormPlan, 'fields'>, typed: Typed): Promise<Row> {
  const values: Record<string, unknown> = {}
  for (const { field, name } of plan.fields.values()) {
    const suggested =
      field.suggest && field.suggest.needs.length === 0 ? field.suggest.code({} as never, { now: reader.now, isNew: true }) : undefined
    const first = operand(suggested ?? (field.kind === 'scalar' ? field.default : undefined), reader.asking)
    if (first === undefined || first === null || typeof first === 'symbol' || name.includes('.')) continue
    values[name] = field.kind === 'one' && typeof first === 'string' ? { id: first } : first
  }
  for (const [name, texts] of typed) {
    const field = readableField(reader.ability, model, name)
    const id = texts.at(-1) ?? ''
    if (field?.kind === 'scalar') values[name] = typedValue(field, texts, reader.zone)
    if (field?.kind !== 'one' || !isId(id)) continue
    const { rows } = await queryRows(reader.records, field.target, { fields: [], where: { id }, order: { id: 'asc' }, limit: 1 })
    if (rows[0]) values[name] = rows[0]
  }
  return { id: '', ...values }
}
