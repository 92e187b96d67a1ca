import type { Model, Services, Where } from '@tessera/core'
import { RuleSet } from './rule-set.model.ts'
import { Setting } from './setting.model.ts'

/** What this deployment set and changed of modules that are gone: nobody could read or undo it any more. */
export async function forgetModules(modules: readonly string[], services: Services): Promise<void> {
  const models = services.app.models.all.map(({ name }) => name)
  await removeAll(services, RuleSet, { $or: [{ module: { $in: [...modules] } }, { model: { $nin: ['', ...models] } }] })
  for (const name of modules) await removeAll(services, Setting, { key: { $startsWith: `${name}.` } })
}

async function removeAll<T extends { readonly id: string }>({ asSystem }: Services, model: Model<T>, where: Where<T>): Promise<void> {
  const records = asSystem('What is kept about a module goes with it.')
  for (let found = await records.find(model, where); found; found = await records.find(model, where)) await records.remove(model, found.id)
}
