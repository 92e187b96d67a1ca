/** What has to be filled in because of an operation: what migrations say, and new columns that may not stay empty. */
import type { ModelMeta, OneField, ScalarField } from '../model/meta.ts'
import type { Composition } from '../module/composition.ts'
import type { Transaction } from '../records/transaction.ts'
import { codeOf } from '../texts/codes.ts'
import { type Fill, ofField, ofMigration } from './backfill.ts'
import type { ColumnsNow } from './columns.ts'
import type { Refusal } from './plan.ts'
import { refusal } from './refusal.ts'

export interface Filling {
  readonly fill: Fill
  /** Columns that may not be empty any more when it is done. */
  readonly required: readonly string[]
  /** How many records there are to look at. */
  readonly rows: number
}

interface About {
  readonly installed: Composition
  readonly columns: ColumnsNow
  /** Migrations that have not run yet. */
  readonly open: Composition['migrations']
  /** Columns, as `table.column`, that a job is filling in already. */
  readonly unfinished: ReadonlySet<string>
}

/** A table without rows needs nothing, whatever its module says. */
export async function fillingsOf(
  transaction: Transaction,
  { installed, columns, open, unfinished }: About,
): Promise<{ readonly fillings: readonly Filling[]; readonly refusals: readonly Refusal[] }> {
  const fillings: (Filling & { readonly required: string[] })[] = []
  const refusals: Refusal[] = []
  for (const migration of open) {
    const fill = ofMigration(installed, migration)
    if (!fill || !columns.has(fill.model.table)) continue
    const rows = await countOf(transaction, fill.model)
    if (rows > 0) fillings.push({ fill, required: [], rows })
  }
  for (const field of installed.models.all.flatMap(storedFields)) {
    const { table } = field.model
    if (!columns.has(table) || unfinished.has(`${table}.${field.column}`)) continue
    const rows = await emptyRows(transaction, field, columns)
    if (rows === 0) continue
    const required = field.nullable ? [] : [field.column]
    const declared = fillings.find(({ fill }) => fill.model === field.model && field.name in fill.set)
    const own = ofField(field)
    if (declared) declared.required.push(...required)
    else if (own) fillings.push({ fill: own, required, rows })
    else refusals.push(nothingToFill(field, rows))
  }
  return { fillings, refusals }
}

type Stored = (ScalarField & { readonly column: string }) | OneField

function storedFields(model: ModelMeta): readonly Stored[] {
  return [...model.fields.values()].filter(
    (field): field is Stored => field.kind === 'one' || (field.kind === 'scalar' && field.column !== undefined && field.sql === undefined),
  )
}

/** The rows that have nothing in it and should: of a new column all, of one that may not be empty any more those that are. */
async function emptyRows(transaction: Transaction, field: Stored, columns: ColumnsNow): Promise<number> {
  const { table } = field.model
  if (!columns.has(table, field.column)) {
    const isFilled = field.kind === 'scalar' && field.default !== undefined
    return isFilled || (field.nullable && !field.compute) ? 0 : countOf(transaction, field.model)
  }
  if (field.nullable || !columns.isNullable(table, field.column)) return 0
  return countOf(transaction, field.model, `"${field.column}" is null`)
}

async function countOf(transaction: Transaction, { table }: ModelMeta, where = 'true'): Promise<number> {
  const [found] = await transaction.run(`select count(*)::int as rows from "${table}" where ${where}`, [])
  return Number(found?.rows)
}

function nothingToFill(field: Stored, rows: number): Refusal {
  const { name, model, module } = field
  const plural = rows === 1 ? model.label.toLowerCase() : model.plural.toLowerCase()
  const has = rows === 1 ? 'has' : 'have'
  return refusal(
    'migration.no_backfill',
    '"{module}" asks for "{label}" of every {model}, and {rows} {plural} {has} none.',
    { module, label: field.label, labelCode: codeOf(field), model: model.label.toLowerCase(), modelCode: codeOf(model), rows, plural, has },
    `Its author says what they get: migrations: [migration('${name}', ${capital(model.name)}, { backfill: { set: { ${name}: … } } })]. A default or a suggest of the field does it too.`,
  )
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
