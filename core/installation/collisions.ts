/** A shipped record that cannot be added, because one that was made here has what only one may have. */
import type { ModelMeta } from '../model/meta.ts'
import type { Transaction } from '../records/transaction.ts'
import { codeOf } from '../texts/codes.ts'
import { type Plain, Texts } from './merge.ts'
import type { DataChange, Refusal } from './plan.ts'
import { refusal } from './refusal.ts'
import { isTable } from './shipped-values.ts'

/** Undefined where nothing is in the way. */
export async function collisionOf(
  transaction: Transaction,
  model: ModelMeta,
  { key, module, label }: DataChange,
  row: Plain,
): Promise<Refusal | undefined> {
  if (!(await isTable(transaction, model.table))) return undefined
  for (const { of } of model.unique.values()) {
    const columns = of.map((name) => columnWithValue(model, name, row))
    if (columns.includes(undefined)) continue
    const wanted = Object.fromEntries(columns.map((each) => each!))
    const [other] = await transaction.run(`select 1 as c0 from "${model.table}" t where to_jsonb(t) @> $1::jsonb limit 1`, [
      JSON.stringify(wanted),
    ])
    if (!other) continue
    const what = of.map((name) => `${model.fields.get(name)!.label.toLowerCase()} "${String(row[name])}"`).join(' and ')
    return refusal(
      'data.collides',
      '"{module}" ships the {model} "{label}" ({key}), and this database has another one with the {what}.',
      { module, model: model.label.toLowerCase(), modelCode: codeOf(model), label, key, what },
      'Change or remove the one that was made here, then do it again.',
    )
  }
  return undefined
}

function columnWithValue(model: ModelMeta, name: string, row: Plain): readonly [string, unknown] | undefined {
  const field = model.fields.get(name)
  const value = row[name] ?? null
  if (!field || field.kind === 'many' || field.column === undefined || value === null || value instanceof Texts) return undefined
  return [field.column, value]
}
