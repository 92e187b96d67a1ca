/** A JSON field that a view shows `as: 'condition'`: put together of rows instead of typed. */
import type { ModelMeta } from '@tessera/core'
import { filterBuilder, keptOr, readFilter } from '../builder/builder.ts'
import type { ConditionField, ErrorSummary } from '../screens.ts'
import { type Typed, textsOf } from './control.ts'
import type { FormPlan, PlannedField } from './form-plan.ts'
import type { Reader } from './reader.ts'
import type { Row } from './rows.ts'

/** Undefined for any other field. */
export async function conditionField(
  reader: Reader,
  { name, label, shown }: PlannedField,
  { row, typed }: { readonly row: Row; readonly typed: Typed },
): Promise<Pick<ConditionField, 'kind' | 'html' | 'wide'> | undefined> {
  const model = modelOf(reader, shown)
  if (!model) return undefined
  const stored = row[name]
  const where = typeof stored === 'object' && stored !== null ? stored : undefined
  const { html } = await filterBuilder(reader.services, model, { name, label, where, form: typed })
  return { kind: 'condition', wide: true, html }
}

export interface TypedConditions {
  /** With each condition as the text of its JSON, as other JSON fields are sent. */
  readonly typed: Typed
  /** A button of a builder was pressed. */
  readonly change: boolean
  /** Sentences by field. */
  readonly wrong: ReadonlyMap<string, string>
}

/** The conditions of a form that was sent; one that still says what is stored stays as it is. */
export function withConditions(reader: Reader, plan: FormPlan, sent: Typed, row?: Row): TypedConditions {
  const typed = new Map(sent)
  const wrong = new Map<string, string>()
  let change = false
  for (const { name, field, shown, fixed } of plan.fields.values()) {
    const model = modelOf(reader, shown)
    if (!model || fixed || !sent.has(`${name}.join`)) continue
    const read = readFilter(reader.services, model, name, sent)
    if (read.change) change = true
    else if (read.errors.size > 0) wrong.set(name, [...read.errors.values()][0]!)
    typed.set(name, textsOf(field, keptOr(model, row?.[name], read.where), reader.formats))
  }
  return { typed, change, wrong: change ? new Map() : wrong }
}

export function conditionSummary({ t }: Reader, plan: FormPlan, wrong: ReadonlyMap<string, string>): ErrorSummary {
  return {
    title: t('web.not_saved'),
    items: [...wrong].map(([field, text]) => ({ field, text, ...(plan.fields.get(field) && { label: plan.fields.get(field)!.label }) })),
  }
}

function modelOf({ app }: Reader, { as, of }: PlannedField['shown']): ModelMeta | undefined {
  return as === 'condition' && of !== undefined ? app.models.byName(of) : undefined
}
