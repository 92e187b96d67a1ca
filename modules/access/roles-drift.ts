/** What was changed here, beside what modules shipped then and ship now. */
import type { Drift } from '@tessera/base'
import { labelOf, type Reply, type Request, type RuleSource, type Services } from '@tessera/core'
import { textIn } from './roles-form.ts'
import { cellHref, driftPath, namedRoles, roleHref, rolesPath } from './roles-names.ts'
import { mayWrite } from './roles-page.ts'
import { render } from './roles-render.ts'
import { wholeRuleInWords } from './roles-words.ts'

export async function driftPage(request: Request, services: Services): Promise<Reply> {
  const { access, rules, screens, text, context } = services
  const roles = await namedRoles(services, await access.policy())
  const all = await Promise.all((await rules.drift()).map((drift) => shown(drift)))
  const content = render(
    'role-drift',
    {
      csrf: request.csrf,
      mayWrite: mayWrite(services),
      action: driftPath,
      roles: rolesPath,
      urgent: all.filter(({ urgent }) => urgent),
      others: all.filter(({ urgent }) => !urgent),
    },
    services,
  )
  return screens.page(request, { title: text('access.drift.title'), content, at: driftPath })

  async function shown({ local, shipped, drifted, broken, asleep }: Drift) {
    const { id, role, model: name, module, basis, rules: mine, updatedAt } = local
    const model = name === '' ? undefined : services.app.models.byName(name)
    // Words for what is no longer there would mislead.
    const isWhole = (rule: RuleSource) => access.faults(role.name, name, rule).length === 0
    const said = (rules: readonly RuleSource[]) =>
      Promise.all(rules.map((rule) => (isWhole(rule) ? wholeRuleInWords(services, model, rule) : JSON.stringify(rule))))
    const place = name === '' ? text('access.roles.rights') : model ? labelOf(model, text) : name
    return {
      id,
      urgent: drifted || broken.length > 0,
      drifted,
      broken,
      asleep,
      title: text('access.drift.of', { role: roles.get(role.name)?.label ?? role.label, place }),
      href: model ? cellHref(role.name, name, mine[0]?.verbs?.[0] ?? basis[0]?.verbs?.[0] ?? 'read') : roleHref(role.name),
      module,
      since: updatedAt.toLocaleDateString(context.locale, { timeZone: context.zone, dateStyle: 'medium' }),
      before: await said(basis),
      now: await said(shipped),
      mine: await said(mine),
    }
  }
}

export async function decideDrift(request: Request, services: Services): Promise<Reply> {
  const { rules, screens, text } = services
  const id = textIn(request, 'id')
  const isTaken = textIn(request, 'do') === 'take'
  if (isTaken) await rules.takeShipped(id)
  else await rules.keepMine(id)
  return screens.done(request, driftPath, { text: text(isTaken ? 'access.drift.taken' : 'access.drift.kept'), tone: 'success' })
}
