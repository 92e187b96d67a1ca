/** A new role: its name, and what it starts from. */
import { plainRules, Role } from '@tessera/base'
import { type Policy, type Reply, type Request, type Services, sourceOf, UserError } from '@tessera/core'
import { textIn } from './roles-form.ts'
import { namedRoles, roleHref, rolesPath } from './roles-names.ts'
import { sentence } from './roles-page.ts'
import { render } from './roles-render.ts'

export async function newRolePage(request: Request, services: Services, error?: UserError): Promise<Reply> {
  const { access, screens, text } = services
  const roles = [...(await namedRoles(services, await access.policy())).values()]
  const typed = (name: string) => textIn(request, name)
  const start = typed('start')
  const option = (value: string, label: string) => ({ value, label, chosen: value === start })
  const content = render(
    'role-new',
    {
      csrf: request.csrf,
      action: `${rolesPath}/new`,
      back: rolesPath,
      name: typed('name'),
      label: typed('label'),
      description: typed('description'),
      error: error && sentence(services, error),
      starts: [
        option('', text('access.roles.start_empty')),
        ...roles
          .filter(({ id }) => id !== undefined)
          .map(({ name, label }) => option(`include:${name}`, text('access.roles.start_include', { role: label }))),
        ...roles
          .filter(({ everything }) => !everything)
          .map(({ name, label }) => option(`copy:${name}`, text('access.roles.start_copy', { role: label }))),
      ],
    },
    services,
  )
  const page = await screens.page(request, { title: text('access.roles.new'), content, at: rolesPath })
  return error ? { ...page, status: error.status } : page
}

export async function makeRole(request: Request, services: Services): Promise<Reply> {
  const [name, label, description] = [textIn(request, 'name'), textIn(request, 'label'), textIn(request, 'description')]
  const [how, from = ''] = textIn(request, 'start').split(':')
  try {
    const policy = await services.access.policy()
    await services.records.transaction(async () => {
      const roles = await namedRoles(services, policy)
      const idsOf = (names: readonly string[]) => names.flatMap((each) => roles.get(each)?.id ?? [])
      const includes = how === 'include' ? idsOf([from]) : how === 'copy' ? idsOf(roles.get(from)?.includes ?? []) : []
      await services.records.create(Role, { name, label: label || name, description: description || null, includes })
      if (how === 'copy') await copyRules(services, policy, from, name)
    })
    return services.screens.done(request, roleHref(name), {
      text: services.text('access.roles.made', { role: label || name }),
      tone: 'success',
    })
  } catch (error) {
    if (!(error instanceof UserError) || error.status === 403) throw error
    return newRolePage(request, services, error)
  }
}

/** The other role's own rules as they count now; from then on the two go their own ways. */
async function copyRules({ rules }: Services, policy: Policy, from: string, to: string): Promise<void> {
  const own = policy.rules.filter((rule) => rule.role.name === from)
  for (const [model, its] of Map.groupBy(own, (rule) => rule.model?.name ?? '')) {
    await rules.change(to, model, '', plainRules(its.map(sourceOf)))
  }
}
