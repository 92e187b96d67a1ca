/** What an API key may be used for, inside the rights of its owner. */
import { nothing } from '../model/conditions.ts'
import type { Ability } from './ability.ts'

/**
 * Of a scope: `ticket:read`, `ticket:*`, `*:read`, or `right:<name>` for a named right. Roles count for nothing then: a route that
 * asks for one is closed to a key with scopes.
 */
export const scopePattern = /^(\*|[a-zA-Z][\w]*):(\*|[a-zA-Z][\w.-]*)$/

/** The ability, kept to the scopes. */
export function scoped(ability: Ability, scopes: readonly string[]): Ability {
  const allowed = new Set(scopes)
  const covers = (verb: string, model: string): boolean =>
    allowed.has(`${model}:${verb}`) || allowed.has(`${model}:*`) || allowed.has(`*:${verb}`) || allowed.has('*:*')
  return {
    roles: ability.roles,
    records: (verb, model, comingFrom) => (covers(verb, model.name) ? ability.records(verb, model, comingFrom) : nothing),
    field: (verb, field) => covers(verb, field.model.name) && ability.field(verb, field),
    possible: (verb, model) => covers(verb, model.name) && ability.possible(verb, model),
    permits: (verb, model, record, asking, field) => covers(verb, model.name) && ability.permits(verb, model, record, asking, field),
    has: () => false,
    may: (permission) => (allowed.has(`right:${permission.permission}`) || allowed.has('*:*')) && ability.may(permission),
  }
}
