/** Fills in values of records that are there already, many at a time: no version rises, and it is no history. */
import { BootFailure, fill as worded } from '../errors.ts'
import { isGiven } from '../model/define.ts'
import { conditionOn, type Values } from '../model/matches.ts'
import type { FieldMeta, ModelMeta, OneField, ScalarField } from '../model/meta.ts'
import { asStored, inOrderOfNeeds, seen } from '../model/settle.ts'
import type { Given } from '../model/types.ts'
import type { Composition, Of } from '../module/composition.ts'
import type { Migration } from '../module/module.ts'
import { loader } from '../records/lock.ts'
import { Selection } from '../records/selection.ts'
import { numberFor } from '../records/sequence.ts'
import { Statement } from '../records/statement.ts'
import { recordId } from '../records/take.ts'
import type { Transaction } from '../records/transaction.ts'
import type { Writing } from '../records/writing.ts'

export interface Fill {
  readonly module: string
  /** The migration, or for a field that is filled by its own declaration `ticket.dueAt`. */
  readonly name: string
  readonly model: ModelMeta
  readonly where: object | undefined
  /** By field a constant, or what it follows from; nothing for the next number of its sequence. */
  readonly set: Readonly<Record<string, unknown>>
}

/** Undefined for a migration that fills in nothing. */
export function ofMigration({ models }: Composition, { module, name, model, backfill }: Of<Migration>): Fill | undefined {
  return backfill && { module, name, model: models.of(model), where: backfill.where, set: backfill.set }
}

/** Undefined for a field that does not say what it begins with. */
export function ofField(field: ScalarField | OneField): Fill | undefined {
  const { module, name, model } = field
  const begins = field.compute ?? field.suggest ?? (field.kind === 'scalar' ? field.default : undefined)
  if (begins === undefined && !(field.kind === 'scalar' && field.sequence)) return undefined
  return { module, name: `${model.name}.${name}`, model, where: { [name]: { $null: true } }, set: { [name]: begins } }
}

/** The fields that it changes: what it sets, and what is stored of the same record and follows from that. */
export function changedBy({ model, set }: Fill): readonly string[] {
  const names = Object.keys(set)
  return [...names, ...followersOf(model, names).map(({ name }) => name)]
}

/** What was left to a job, in the composition of the process that goes on with it; undefined where its module is not enabled. */
export function fillNamed(composition: Composition, module: string, name: string): Fill | undefined {
  const migration = composition.migrations.find((each) => each.module === module && each.name === name)
  if (migration) return ofMigration(composition, migration)
  const [model = '', field = ''] = name.split('.')
  const found = composition.models.byName(model)?.fields.get(field)
  return found && found.kind !== 'many' ? ofField(found) : undefined
}

/** So many at a time. */
export const batchSize = 1_000

/** All of them, in the running transaction. Throws a BootFailure where a column of `required` stays empty, or a value does not fit. */
export async function fillNow(writing: Writing, transaction: Transaction, fill: Fill, required: readonly string[]): Promise<void> {
  for (let after: string | null = null; ; ) {
    const { rows, last } = await fillBatch(writing, transaction, fill, after)
    if (rows < batchSize) break
    after = last
  }
  for (const column of required) {
    const left = await leftEmpty(transaction, fill.model, column)
    if (left > 0) throw staysEmpty(fill, column, left)
  }
}

/** The next ones after the record `after`; fewer than `batchSize` when these were the last. */
export async function fillBatch(
  writing: Writing,
  transaction: Transaction,
  fill: Fill,
  after: string | null,
): Promise<{ readonly rows: number; readonly last: string | null }> {
  const { model } = fill
  const ids = await lockNext(writing, transaction, fill, after)
  if (ids.length === 0) return { rows: 0, last: after }
  const derived = followersOf(model, Object.keys(fill.set))
  const records = await readAll(writing, transaction, model, ids, needsOf(fill, derived))
  const load = loader(writing, transaction)
  const filled: Values[] = []
  for (const record of records) filled.push(asRow(record, await valuesFor(writing, transaction, fill, derived, record, load)))
  await writeAll(transaction, model, filled)
  if (model.announced !== false) await writing.after.announce(transaction, model, ids[0]!)
  return { rows: ids.length, last: ids.at(-1)! }
}

export async function leftEmpty(transaction: Transaction, { table }: ModelMeta, column: string): Promise<number> {
  const [found] = await transaction.run(`select count(*)::int as rows from "${table}" where "${column}" is null`, [])
  return Number(found?.rows)
}

export function staysEmpty({ module, name, model }: Fill, column: string, rows: number): BootFailure {
  const label = [...model.fields.values()].find((field) => field.kind !== 'many' && field.column === column)?.label ?? column
  return failure(
    module,
    'migration.stays_empty',
    `"${name}" of "${module}" leaves "${label}" empty in ${rows} ${(rows === 1 ? model.label : model.plural).toLowerCase()}, and it is required.`,
    'Let its backfill reach every record that has nothing in it, and give each a value.',
  )
}

function failure(module: string, code: string, sentence: string, hint: string): BootFailure {
  return new BootFailure([{ code, module, sentence, hint }])
}

/** Nobody else writes them until the transaction ends. */
export async function lockNext(
  writing: Writing,
  transaction: Transaction,
  { model, where }: Pick<Fill, 'model' | 'where'>,
  after: string | null,
): Promise<readonly string[]> {
  const statement = new Statement(writing.trusted)
  const conditions = [
    ...(where ? [statement.condition(conditionOn(model, where), model, 't', 'trusted')] : []),
    ...(after === null ? [] : [`t."id" > ${statement.param(after)}::uuid`]),
  ]
  const matching = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
  const rows = await transaction.run(
    `select t."id" as id from "${model.table}" t${matching} order by t."id" limit ${batchSize} for no key update of t`,
    statement.values,
  )
  return rows.map(({ id }) => String(id))
}

/** Stored computed fields that follow from what is filled in. */
function followersOf(model: ModelMeta, filled: readonly string[]): readonly FieldMeta[] {
  const changed = new Set(filled)
  return inOrderOfNeeds(model).filter((field) => {
    if (!field.compute || filled.includes(field.name) || (field.kind === 'scalar' && field.column === undefined)) return false
    const follows = field.compute.needs.some((need) => changed.has(need.split('.')[0]!))
    if (follows) changed.add(field.name)
    return follows
  })
}

function needsOf({ set }: Fill, derived: readonly FieldMeta[]): readonly string[] {
  const given = [...Object.values(set).filter(isGiven), ...derived.map(({ compute }) => compute!)]
  return [...new Set(given.flatMap(({ needs }) => needs))]
}

export async function readAll(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  ids: readonly string[],
  needs: readonly string[],
): Promise<readonly Values[]> {
  const statement = new Statement(writing.trusted)
  const which = statement.param(ids)
  const selection = new Selection(statement, model, 't', 'trusted')
  for (const need of needs) selection.add(need)
  const rows = await transaction.run(
    `select ${selection.list} from "${model.table}" t ${selection.joins} where t."id" = any(${which}::uuid[])`,
    statement.values,
  )
  return rows.map((row) => selection.shape(row, writing.trusted.asking))
}

export type Load = ReturnType<typeof loader>

/** What is written of one record, by field: what `fill` sets, then what is derived. */
export async function valuesFor(
  writing: Writing,
  transaction: Transaction,
  fill: Fill,
  derived: readonly FieldMeta[],
  record: Values,
  load: Load,
): Promise<ReadonlyMap<FieldMeta, unknown>> {
  const { model } = fill
  const state: Record<string, unknown> = { ...record }
  const values = new Map<FieldMeta, unknown>()
  const keep = (field: FieldMeta, value: unknown): void => {
    const result = asStored(field, value)
    if ('error' in result) throw doesNotFit(fill, field, record, worded(result.error.text, result.error.values ?? {}))
    state[field.name] = result.value
    values.set(field, result.value)
  }
  const follow = async (field: FieldMeta, { needs, code }: Given<never, unknown>, isNew: boolean) =>
    keep(field, await code((await seen({ model, load }, state, needs)) as never, { now: writing.trusted.asking.now, isNew }))
  for (const [name, value] of Object.entries(fill.set)) {
    const field = model.fields.get(name)!
    if (isGiven(value)) await follow(field, value, value === field.suggest)
    else
      keep(
        field,
        value === undefined
          ? await nextNumber(writing, transaction, field, String(record.id))
          : await constant(writing, transaction, field, value),
      )
  }
  for (const field of derived) await follow(field, field.compute!, false)
  return values
}

/** As its table has it. */
function asRow(record: Values, values: ReadonlyMap<FieldMeta, unknown>): Values {
  const columns = [...values].flatMap(([field, value]) =>
    field.kind !== 'many' && field.column !== undefined ? [[field.column, value]] : [],
  )
  return { id: record.id, ...Object.fromEntries(columns) }
}

function nextNumber({ connection, trusted, zone }: Writing, transaction: Transaction, field: FieldMeta, id: string): Promise<string> {
  return numberFor(connection, transaction, field as ScalarField, id, trusted.asking.now, zone)
}

/** As an author writes it: a record by its code too, a text in several languages as one in English. */
async function constant(writing: Writing, transaction: Transaction, field: FieldMeta, value: unknown): Promise<unknown> {
  if (field.kind === 'one' && typeof value === 'object' && value !== null) return recordId(writing, transaction, field.target, value)
  return field.kind === 'scalar' && field.type === 'translated' && typeof value === 'string' ? { en: value } : value
}

function doesNotFit({ module, name, model }: Fill, field: FieldMeta, record: Values, reason: string): BootFailure {
  return failure(
    module,
    'migration.not_fitting',
    `"${name}" of "${module}" gives "${field.label}" of the ${model.label.toLowerCase()} ${String(record.id)} a value that does not fit: ${reason}`,
    'Correct what its backfill says.',
  )
}

async function writeAll(transaction: Transaction, { table }: ModelMeta, rows: readonly Values[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).filter((column) => column !== 'id')
  if (columns.length === 0) return
  await transaction.run(
    `update "${table}" t set ${columns.map((column) => `"${column}" = v."${column}"`).join(', ')}
       from jsonb_populate_recordset(null::"${table}", $1::jsonb) v where t."id" = v."id"`,
    [JSON.stringify(rows)],
  )
}
