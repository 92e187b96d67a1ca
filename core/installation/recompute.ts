/** Stored values that the system decides, computed anew: where a module comes back that was away, and where what they follow from was filled in. */
import type { FieldMeta, ModelMeta, OneField, ScalarField } from '../model/meta.ts'
import { same } from '../model/settle.ts'
import type { Composition } from '../module/composition.ts'
import { dependentsOf } from '../records/follow.ts'
import { loader } from '../records/lock.ts'
import type { Transaction } from '../records/transaction.ts'
import { recomputeRecord } from '../records/write.ts'
import type { Writing } from '../records/writing.ts'
import { batchSize, changedBy, type Fill, fillBatch, lockNext, readAll, valuesFor } from './backfill.ts'
import { largeTable } from './statements.ts'
import { fillLater } from './unfinished.ts'

/**
 * Computes what is stored of the models and fields that these modules brought; only records whose values change are written, and their
 * versions rise. Where there is much to look at or to write, a job goes on with it.
 */
export async function recompute(writing: Writing, transaction: Transaction, modules: readonly string[]): Promise<void> {
  const { composition } = writing
  for (const model of composition.models.all) {
    const owner = [...model.fields.values()].find((field) => modules.includes(field.module) && isComputed(field))?.module
    if (owner !== undefined) await recomputeModel(writing, transaction, model, owner)
  }
}

/** The same of other models, for what is computed from values that were filled in. */
export async function recomputeFollowers(writing: Writing, transaction: Transaction, fills: readonly Fill[]): Promise<void> {
  for (const model of followersOf(writing.composition, fills)) await recomputeModel(writing, transaction, model, model.module)
}

/** All of it is left to the job that goes on with what the database keeps. */
export async function recomputeFollowersLater(writing: Writing, transaction: Transaction, fill: Fill): Promise<void> {
  for (const model of followersOf(writing.composition, [fill])) {
    const rows = await countOf(transaction, model)
    if (rows > 0) await fillLater(transaction, { module: model.module, name: nameFor(model), model }, [], rows)
  }
}

function followersOf(composition: Composition, fills: readonly Fill[]): ReadonlySet<ModelMeta> {
  return new Set(
    fills.flatMap((fill) => {
      // Of a module that is disabled nobody computes anything: that is done when it comes back.
      const model = composition.models.byName(fill.model.name)
      return model ? dependentsOf(composition, model, changedBy(fill)).map(([dependent]) => dependent) : []
    }),
  )
}

async function recomputeModel(writing: Writing, transaction: Transaction, model: ModelMeta, owner: string): Promise<void> {
  const rows = await countOf(transaction, model)
  const about = { module: owner, name: nameFor(model), model }
  let [after, looked, written]: [string | null, number, number] = [null, 0, 0]
  for (let isMore = rows <= largeTable; isMore && written < mostWritten; ) {
    const batch = await recomputeBatch(writing, transaction, model, after)
    ;[after, looked, written] = [batch.last, looked + batch.rows, written + batch.written]
    isMore = batch.rows === batchSize
    if (!isMore) looked = rows
  }
  if (looked < rows) await fillLater(transaction, about, [], rows, { after, done: looked })
}

async function countOf(transaction: Transaction, { table }: ModelMeta): Promise<number> {
  const [found] = await transaction.run(`select count(*)::int as rows from "${table}"`, [])
  return Number(found?.rows)
}

/** Each is a write like any other, with history: that many take some seconds, in which nobody else may work on the modules. */
const mostWritten = 1_000

/** The model that is computed anew under this name, if it is such a name. */
export function recomputed({ models }: Composition, name: string): ModelMeta | undefined {
  return models.all.find((model) => nameFor(model) === name)
}

/** The next ones after the record `after`. */
export async function recomputeBatch(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  after: string | null,
): Promise<{ readonly rows: number; readonly last: string | null; readonly written: number }> {
  const fields = [...model.fields.values()].filter(isComputed)
  const fill: Fill = { module: model.module, name: nameFor(model), model, where: undefined, set: {} }
  // Nobody may write records that are kept as they were written; that does not go for what follows from them.
  if (model.appendOnly) {
    const set = Object.fromEntries(fields.map(({ name, compute }) => [name, compute]))
    return { ...(await fillBatch(writing, transaction, { ...fill, set }, after)), written: 0 }
  }
  const ids = await lockNext(writing, transaction, fill, after)
  if (ids.length === 0) return { rows: 0, last: after, written: 0 }
  const needs = fields.flatMap(({ name, compute }) => [name, ...compute!.needs])
  const load = loader(writing, transaction)
  let written = 0
  for (const record of await readAll(writing, transaction, model, ids, [...new Set(needs)])) {
    const values = await valuesFor(writing, transaction, fill, fields, record, load)
    if ([...values].every(([field, value]) => same(record[field.name], value, field))) continue
    await recomputeRecord(writing, transaction, model, String(record.id))
    written += 1
  }
  return { rows: ids.length, last: ids.at(-1)!, written }
}

function nameFor(model: ModelMeta): string {
  return `recompute ${model.name}`
}

function isComputed(field: FieldMeta): field is ScalarField | OneField {
  return field.kind !== 'many' && field.compute !== undefined && field.column !== undefined
}
