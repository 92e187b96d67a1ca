/** What a person sees who looks at the application as somebody else. */
import { nothing } from '../model/conditions.ts'
import type { ModelMeta } from '../model/meta.ts'
import type { Ability } from './ability.ts'

const made = new WeakMap<Ability, Ability>()

/** The ability without what is its owner's alone: his keys are neither shown nor of use to another. One for each, since much is kept by it. */
export function looking(ability: Ability): Ability {
  const known = made.get(ability)
  if (known) return known
  const shown = (model: ModelMeta) => !model.personal
  const seen: Ability = {
    roles: ability.roles,
    records: (verb, model, comingFrom) => (shown(model) ? ability.records(verb, model, comingFrom) : nothing),
    field: (verb, field) => shown(field.model) && ability.field(verb, field),
    possible: (verb, model) => shown(model) && ability.possible(verb, model),
    permits: (verb, model, record, asking, field) => shown(model) && ability.permits(verb, model, record, asking, field),
    has: ability.has,
    may: ability.may,
  }
  made.set(ability, seen)
  return seen
}
