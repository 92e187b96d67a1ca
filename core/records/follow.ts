/** What follows from a change, in its transaction: listeners, announcements, values computed from it elsewhere. */
import type { Values } from '../model/matches.ts'
import type { ModelMeta } from '../model/meta.ts'
import type { Composition } from '../module/composition.ts'
import type { Change } from '../module/module.ts'
import { wrote } from './about.ts'
import { wholeTrusted } from './lock.ts'
import { Statement } from './statement.ts'
import type { Transaction } from './transaction.ts'
import type { Writing } from './writing.ts'

export async function told(writing: Writing, transaction: Transaction, model: ModelMeta, change: Change, removed?: Values): Promise<void> {
  transaction.committed(() => wrote(writing.actor))
  if (isAnnounced(model, change)) await writing.after.announce(transaction, model, change.id)
  // What is talked about is looked at by several at a time. Of a new one nobody knows yet.
  if (change.verb !== 'create' && writing.screens(model).form.conversation) await writing.after.look(transaction, model, change.id)
  const { listeners } = writing.composition
  for (const [at, listener] of listeners.entries()) {
    if (listener.model !== model.handle || !waitsFor(listener.trigger, change)) continue
    if (listener.when === 'after') await writing.after.enqueue(transaction, at, change)
    else await listener.run(removed ?? (await wholeTrusted(writing, transaction, model, change.id)), writing.services, change)
  }
}

function isAnnounced({ announced }: ModelMeta, { verb, fields }: Change): boolean {
  if (typeof announced === 'boolean' || verb !== 'update') return announced !== false
  return fields.some((field) => !announced.but.includes(field))
}

function waitsFor(trigger: string | readonly string[], change: Change): boolean {
  if (typeof trigger === 'string') return trigger === change.verb
  return change.verb !== 'delete' && trigger.some((field) => change.fields.includes(field))
}

/** Records whose stored values are computed through a relation from what changed. */
export async function dependentRecords(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  id: string,
  changed: readonly string[],
): Promise<readonly (readonly [ModelMeta, string])[]> {
  const found: (readonly [ModelMeta, string])[] = []
  for (const [dependent, path] of dependentsOf(writing.composition, model, changed)) {
    const statement = new Statement(writing.trusted)
    const condition = statement.condition({ path: [...path, 'id'], operator: '$eq', value: id }, dependent, 't', 'trusted')
    const rows = await transaction.run(`select t."id" as id from "${dependent.table}" t where ${condition}`, statement.values)
    for (const row of rows) found.push([dependent, row.id as string])
  }
  return found
}

/** Records that go with one that is removed, by the relations that say so. */
export async function partsOf(
  { composition }: Writing,
  transaction: Transaction,
  model: ModelMeta,
  id: string,
): Promise<readonly (readonly [ModelMeta, string])[]> {
  const found: (readonly [ModelMeta, string])[] = []
  for (const part of composition.models.all) {
    for (const field of part.fields.values()) {
      if (field.kind !== 'one' || field.target !== model || !field.removedWith) continue
      const rows = await transaction.run(`select "id" as id from "${part.table}" where "${field.column}" = $1`, [id])
      for (const row of rows) if (!found.some(([, known]) => known === row.id)) found.push([part, row.id as string])
    }
  }
  return found
}

/** Models with stored values that are computed through a relation from these fields, each with the relation. */
export function dependentsOf(
  composition: Composition,
  model: ModelMeta,
  changed: readonly string[],
): readonly (readonly [ModelMeta, readonly string[]])[] {
  const found = new Map<string, readonly [ModelMeta, readonly string[]]>()
  for (const dependent of composition.models.all) {
    for (const field of dependent.fields.values()) {
      if (field.kind === 'many' || !field.compute || field.column === undefined) continue
      for (const need of field.compute.needs) {
        const path = need.split('.')
        // Any step of the path may be what changed: the related record's value, or its own relation.
        for (let at = 1; at < path.length; at++) {
          const relation = path.slice(0, at)
          if (changed.includes(path[at]!) && modelAt(dependent, relation) === model)
            found.set(`${dependent.name} ${relation.join('.')}`, [dependent, relation])
        }
      }
    }
  }
  return [...found.values()]
}

function modelAt(model: ModelMeta, path: readonly string[]): ModelMeta | undefined {
  return path.reduce<ModelMeta | undefined>((at, step) => {
    const field = at?.fields.get(step)
    return field?.kind === 'one' ? field.target : undefined
  }, model)
}
