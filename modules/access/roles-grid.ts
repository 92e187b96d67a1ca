/** The grid of models and actions: what a role may do, by itself and through those that it includes. */
import { labelOf, type ModelMeta, type Policy, type RuleInForce, type Services } from '@tessera/core'
import { actionsOf, cellHref, includedBy, type NamedRole, rulesOn, verbs } from './roles-names.ts'

/** `every` record, `some` of them as rules say, `inherited` from another role, or `no`. */
export type CellState = 'every' | 'some' | 'inherited' | 'no'

export interface GridCell {
  /** The model, for those who hear the grid. */
  readonly of: string
  readonly state: CellState
  readonly rules: string
  readonly says: string
  readonly label: string
  readonly href: string
  readonly current: boolean
  /** Changed or added in this deployment. */
  readonly local: boolean
}
export interface GridRow {
  readonly label: string
  readonly name: string
  readonly cells: readonly GridCell[]
  readonly actions: readonly GridCell[]
  readonly broken: boolean
}
export interface Grid {
  readonly verbs: readonly string[]
  readonly rows: readonly GridRow[]
  /** Models with which the role may do nothing. */
  readonly others: readonly GridRow[]
}

interface Asked {
  readonly services: Services
  readonly policy: Policy
  readonly roles: ReadonlyMap<string, NamedRole>
  readonly role: NamedRole
  readonly model: string | undefined
  readonly action: string | undefined
}

export function gridOf(asked: Asked): Grid {
  const { services, policy, role, model: chosen } = asked
  const broken = new Set(policy.broken.filter(({ set }) => set.role === role.name).map(({ set }) => set.model))
  const rows = shownModels(services, policy).map((model): GridRow & { readonly idle: boolean } => {
    const cells = verbs.map((verb) => cellOf(asked, model, verb, services.text(`access.roles.verb_${verb}`)))
    const actions = actionsOf(services, model).map(({ name, label }) => cellOf(asked, model, name, label))
    return {
      label: labelOf(model, services.text),
      name: model.name,
      cells,
      actions,
      broken: broken.has(model.name),
      idle: model.name !== chosen && !broken.has(model.name) && [...cells, ...actions].every(({ state }) => state === 'no'),
    }
  })
  return {
    verbs: verbs.map((verb) => services.text(`access.roles.verb_${verb}`)),
    rows: rows.filter(({ idle }) => !idle),
    others: rows.filter(({ idle }) => idle),
  }
}

/** What one builds on comes last: tickets before the users who work on them. */
export function shownModels({ app }: Services, policy: Policy): readonly ModelMeta[] {
  const ruled = new Set(policy.rules.map((rule) => rule.model?.name))
  const modules = app.modules.map(({ declaration }) => declaration.name)
  return app.models.all
    .filter((model) => model.exposed || ruled.has(model.name))
    .toSorted((a, b) => modules.indexOf(b.module) - modules.indexOf(a.module))
}

function cellOf({ services, policy, roles, role, model: chosen, action }: Asked, model: ModelMeta, verb: string, label: string): GridCell {
  const { text } = services
  const own = rulesOn(policy, role.name, model, verb)
  const about = {
    of: labelOf(model, text),
    label,
    href: cellHref(role.name, model.name, verb),
    current: chosen === model.name && action === verb,
    local: own.some(({ local }) => local),
    rules: '',
  }
  if (role.everything && own.length === 0) return { ...about, state: 'every', says: text('access.roles.every') }
  if (own.length > 0) {
    if (isEvery(own)) return { ...about, state: 'every', says: text('access.roles.every') }
    const rules = text('access.roles.rules', { count: own.length })
    return { ...about, state: 'some', rules, says: rules }
  }
  const from = includedBy(policy, role.name).filter(
    (name) => rulesOn(policy, name, model, verb).length > 0 || policy.roles.get(name)?.everything,
  )
  if (from.length === 0) return { ...about, state: 'no', says: text('access.roles.no') }
  const labels = from.map((name) => roles.get(name)?.label ?? name).join(', ')
  const isAll = from.some((name) => policy.roles.get(name)?.everything || isEvery(rulesOn(policy, name, model, verb)))
  return { ...about, state: 'inherited', says: text(isAll ? 'access.roles.every_from' : 'access.roles.some_from', { roles: labels }) }
}

function isEvery(rules: readonly RuleInForce[]): boolean {
  const isPlain = ({ where, fields, cannot }: RuleInForce) => !cannot && !fields && (!where || Object.keys(where).length === 0)
  return rules.some(isPlain) && !rules.some(({ cannot }) => cannot)
}
