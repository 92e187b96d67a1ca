/** Two roles side by side: where they may do different things. */

import { sameRules } from '@tessera/base'
import { labelOf, type ModelMeta, type Policy, type Reply, type Request, type RuleSource, type Services, sourceOf } from '@tessera/core'
import { shownModels } from './roles-grid.ts'
import { actionsOf, cellHref, includedBy, namedRoles, rolesPath, rulesOn, verbLabel, verbs } from './roles-names.ts'
import { demandRole } from './roles-page.ts'
import { render } from './roles-render.ts'
import { ruleInWords } from './roles-words.ts'

export async function comparePage(request: Request, services: Services): Promise<Reply> {
  const { access, screens, text } = services
  const policy = await access.policy()
  const roles = await namedRoles(services, policy)
  const names = [...roles.keys()]
  const left = demandRole(roles, request.query.get('left') ?? names[0] ?? '')
  const right = demandRole(roles, request.query.get('right') ?? names.find((name) => name !== left.name) ?? left.name)
  const lines = []
  for (const model of shownModels(services, policy)) {
    for (const verb of [...verbs, ...actionsOf(services, model).map(({ name }) => name)]) {
      const [first, second] = [heldOf(policy, left.name, model, verb), heldOf(policy, right.name, model, verb)]
      if (isSame(first, second)) continue
      lines.push({
        model: labelOf(model, text),
        verb: verbLabel(services, model, verb),
        left: { said: await inWords(services, model, first), href: cellHref(left.name, model.name, verb) },
        right: { said: await inWords(services, model, second), href: cellHref(right.name, model.name, verb) },
      })
    }
  }
  const options = (chosen: string) => [...roles.values()].map(({ name, label }) => ({ value: name, label, chosen: name === chosen }))
  const content = render(
    'role-compare',
    { action: `${rolesPath}/compare`, back: rolesPath, left, right, lefts: options(left.name), rights: options(right.name), lines },
    services,
  )
  return screens.page(request, { title: text('access.roles.compare'), content, at: rolesPath })
}

/** What a role may do in one place, through others too: everything, or by rules. */
type Held = 'everything' | readonly RuleSource[]

function heldOf(policy: Policy, role: string, model: ModelMeta, verb: string): Held {
  const held = [...includedBy(policy, role).toReversed(), role]
  const rules = held.flatMap((name) => rulesOn(policy, name, model, verb))
  if (rules.length === 0 && held.some((name) => policy.roles.get(name)?.everything)) return 'everything'
  // The verb is the same in all of them.
  return rules.map((rule) => ({ ...sourceOf(rule), verbs: [verb] }))
}

function isSame(left: Held, right: Held): boolean {
  if (left === 'everything' || right === 'everything') return left === right
  const distinct = (rules: readonly RuleSource[]) => rules.filter((rule, at) => rules.findIndex((each) => sameRules([each], [rule])) === at)
  return sameRules(distinct(left), distinct(right))
}

async function inWords(services: Services, model: ModelMeta, held: Held): Promise<readonly string[]> {
  const isPlain = ({ where, fields, cannot }: RuleSource) => !where && !fields && !cannot
  // Where one rule allows all of it and none forbids, the others say nothing more.
  if (held === 'everything' || (held.some(isPlain) && !held.some(({ cannot }) => cannot))) return [services.text('access.roles.every')]
  return [...new Set(await Promise.all(held.map((rule) => ruleInWords(services, model, rule))))]
}
