/** Data that modules ship: inserted once; an upgrade changes what nobody changed since. */
import { BootFailure, fill, UserError } from '../errors.ts'
import type { Values } from '../model/matches.ts'
import type { ModelMeta } from '../model/meta.ts'
import { same } from '../model/settle.ts'
import { shippedId } from '../model/shipped.ts'
import { wholeTrusted } from '../records/lock.ts'
import type { Transaction } from '../records/transaction.ts'
import { createShipped, updateRecord } from '../records/write.ts'
import type { Writing } from '../records/writing.ts'

export async function shipData(writing: Writing, transaction: Transaction): Promise<void> {
  for (const { model, rows, module } of writing.composition.shipped) {
    const meta = writing.composition.models.of(model)
    for (const [name, row] of Object.entries(rows)) {
      const key = `${meta.name}.${name}`
      try {
        await shipOne(writing, transaction, meta, key, row as Values)
      } catch (error) {
        throw error instanceof UserError ? refusedRow(module, key, error) : error
      }
    }
  }
}

/** Nobody at a door can correct it: the author must. */
function refusedRow(module: string, key: string, error: UserError): BootFailure {
  const reasons = error.errors.map(({ text, values = {} }) => fill(text, values))
  const sentence = `The shipped record "${key}" of "${module}" cannot be stored: ${[...new Set([error.message, ...reasons])].join(' ')}`
  return new BootFailure([{ code: 'data.refused', module, sentence, hint: 'Correct the row that data() ships.' }])
}

async function shipOne(writing: Writing, transaction: Transaction, model: ModelMeta, key: string, row: Values): Promise<void> {
  const [known] = await transaction.run('select value from tessera_shipped where key = $1', [key])
  const id = shippedId(key)
  const value = JSON.stringify(row)
  if (!known) await createShipped(writing, model, id, row)
  else if (known.value === value) return
  else await upgrade(writing, transaction, model, id, JSON.parse(String(known.value)) as Values, row)
  await transaction.run('insert into tessera_shipped (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value', [
    key,
    value,
  ])
}

/** A record that an admin removed stays removed; a value that he changed stays his. */
async function upgrade(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  id: string,
  before: Values,
  row: Values,
): Promise<void> {
  const [exists] = await transaction.run(`select 1 from "${model.table}" where "id" = $1`, [id])
  if (!exists) return
  const stored = await wholeTrusted(writing, transaction, model, id)
  const changes = Object.fromEntries(
    Object.entries(row).filter(([name, value]) => !same(before[name], value) && same(stored[name], shown(before[name], writing))),
  )
  await updateRecord(writing, model, id, changes)
}

/** A shipped text of several languages is read in one. */
function shown(value: unknown, { asker }: Writing): unknown {
  return typeof value === 'object' && value !== null && 'en' in value
    ? ((value as Record<string, unknown>)[asker.locale] ?? value.en)
    : value
}
