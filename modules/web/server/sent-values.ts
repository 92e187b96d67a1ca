import { isAsStored, type Typed, typedValue } from './control.ts'
import type { FormPlan } from './form-plan.ts'
import type { Reader } from './reader.ts'
import type { Row } from './rows.ts'

/** Only what is no longer as it is stored: a control may hold less than the value (a time without its seconds). */
export function changesIn(plan: Pick<FormPlan, 'fields'>, typed: Typed, row: Row, { formats, zone }: Reader): Record<string, unknown> {
  const changes: Record<string, unknown> = {}
  for (const [name, texts] of typed) {
    const planned = plan.fields.get(name)
    if (!planned || planned.fixed || isAsStored(planned.field, texts, row[name], formats)) continue
    changes[name] = typedValue(planned.field, texts, zone)
  }
  return changes
}

/** What was left empty is left out, so that defaults and suggestions fill it. */
export function draftIn(plan: Pick<FormPlan, 'fields'>, typed: Typed, { zone }: Reader): Record<string, unknown> {
  const draft: Record<string, unknown> = {}
  for (const [name, texts] of typed) {
    const planned = plan.fields.get(name)
    if (!planned || planned.fixed) continue
    const value = typedValue(planned.field, texts, zone)
    if (value !== null && !(Array.isArray(value) && value.length === 0)) draft[name] = value
  }
  return draft
}
