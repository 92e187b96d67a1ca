/** What a caller may know of a model: the names that a client may use. */
import type { Ability } from '../../access/ability.ts'
import { Forbidden } from '../../errors.ts'
import type { ModelMeta } from '../../model/meta.ts'
import type { Services } from '../../service/services.ts'
import type { Reader } from './path.ts'

const known = new WeakMap<Ability, WeakMap<ModelMeta, ReadonlySet<string>>>()

/** Names of the fields that the ability lets read on at least some records; the same set each time. */
export function readableFields(ability: Ability, model: ModelMeta): ReadonlySet<string> {
  let models = known.get(ability)
  if (!models) {
    models = new WeakMap()
    known.set(ability, models)
  }
  let fields = models.get(model)
  if (!fields) {
    fields = new Set([...model.fields.values()].filter((field) => ability.field('read', field) !== false).map(({ name }) => name))
    models.set(model, fields)
  }
  return fields
}

export function readerOf({ context }: Services): Reader {
  return { zone: context.zone, readable: (model) => readableFields(context.caller.ability, model) }
}

/** Refuses (403) a caller who may read no record of the model at all. */
export function refuseUnreadable({ context: { caller } }: Services, model: ModelMeta): void {
  if (!caller.ability.possible('read', model))
    throw new Forbidden('request.unreadable', '{name} may not read {model}.', { name: caller.name, model: model.plural.toLowerCase() })
}
