/** What is done to one of many records: the same writes as behind its form. */
import { type Action, type ModelMeta, UserError, VersionMismatch } from '@tessera/core'
import type { RefusedRecord } from '../bulk-run.model.ts'
import type { Reader } from './reader.ts'
import { findRow, queryRows, relatedIn, updateRow } from './rows.ts'
import { fieldSentence, sentenceOf } from './sentence.ts'

export type Deed =
  | { readonly deed: 'action'; readonly action: Action; readonly input: Readonly<Record<string, unknown>> }
  | { readonly deed: 'edit'; readonly field: string; readonly value: unknown }
  | { readonly deed: 'delete' }
  /** Back to what the field held, of records that nobody changed since. */
  | { readonly deed: 'undo'; readonly field: string; readonly former: ReadonlyMap<string, Omit<FormerValue, 'id'>> }

/** What a record was before. */
export interface FormerValue {
  readonly id: string
  /** The one that the change made. */
  readonly version: number
  readonly value: unknown
}

type Doer = Pick<Reader, 'records' | 't'>

export interface Dealt {
  readonly refused: readonly RefusedRecord[]
  readonly former: readonly FormerValue[]
}

/** Each record by itself: one that refuses keeps none of the others back. */
export async function doToEach(doer: Doer, model: ModelMeta, deed: Deed, ids: readonly string[]): Promise<Dealt> {
  const refused: { id: string; reason: string }[] = []
  const former: FormerValue[] = []
  for (const id of ids) {
    try {
      const was = await doer.records.transaction(() => doTo(doer, model, deed, id))
      if (was) former.push(was)
    } catch (error) {
      if (!(error instanceof UserError) || error.code === 'access.confirm' || error.code === 'action.invalid') throw error
      const isChanged = deed.deed === 'undo' && error instanceof VersionMismatch
      refused.push({ id, reason: isChanged ? doer.t('web.run_changed_since') : reasonOf(error, model, doer.t) })
    }
  }
  const labels = await labelsOf(
    doer,
    model,
    refused.map(({ id }) => id),
  )
  return { former, refused: refused.map(({ id, reason }) => ({ id, label: labels.get(id) ?? id, reason })) }
}

async function doTo({ records }: Doer, model: ModelMeta, deed: Deed, id: string): Promise<FormerValue | undefined> {
  if (deed.deed === 'action') {
    const { version } = (await records.act(deed.action, id, deed.input)) as { readonly version?: number }
    // What undoes it needs to know nothing but that it was done.
    return deed.action.undoneBy && typeof version === 'number' ? { id, version, value: null } : undefined
  }
  if (deed.deed === 'delete') {
    await records.remove(model.handle, id)
    return undefined
  }
  if (deed.deed === 'undo') {
    const was = deed.former.get(id)
    if (was) await updateRow(records, model, id, { [deed.field]: was.value }, was.version)
    return undefined
  }
  const before = await findRow(records, model, id, [deed.field])
  const { version } = await updateRow(records, model, id, { [deed.field]: deed.value })
  return before && typeof version === 'number' ? { id, version, value: plainOf(before[deed.field]) } : undefined
}

/** As it is written: related records by their ids. */
function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf)
  return relatedIn(value)?.id ?? value ?? null
}

/** The reasons of the fields say more than their number. */
function reasonOf(error: UserError, model: ModelMeta, t: Reader['t']): string {
  const [first] = error.errors
  return first ? fieldSentence(first, model, t) : sentenceOf(error, t)
}

async function labelsOf({ records }: Doer, model: ModelMeta, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const { rows } = await queryRows(records, model, { fields: [], where: { id: { $in: ids } }, limit: 200 })
  return new Map(rows.map(({ id, label }) => [id, label ?? id]))
}
