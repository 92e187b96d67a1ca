/** Roles and rules: what can be asked for, and by whom. */
import { administrator, people, Role } from '@tessera/base'
import { menu, page, permission, type Reply, type Request, redirect, type Services, UserError } from '@tessera/core'
import { comparePage } from './roles-compare.ts'
import { decideDrift, driftPage } from './roles-drift.ts'
import { readRule, saveRule } from './roles-editor.ts'
import { textIn, textsIn } from './roles-form.ts'
import { changeAbout, changeIncludes, changeMembers } from './roles-members.ts'
import { cellHref, driftPath, type NamedRole, namedRoles, roleHref, rolesPath } from './roles-names.ts'
import { makeRole, newRolePage } from './roles-new.ts'
import { demandRole, rolePage, type Unsaved } from './roles-page.ts'
import { giveRights } from './roles-rights.ts'

/** Opens the screens; what is changed there needs the rights to roles, rules and users themselves. */
const seeRoles = permission('access.roles', 'See roles and rules')

export const rolePermissions = [administrator.may(seeRoles)]

export const roleMenus = [
  menu('Roles and rules', { in: people, icon: 'shield', opens: rolesPath, may: seeRoles }),
  menu('Drift', { in: people, icon: 'git-compare', opens: driftPath, may: seeRoles, count: ({ rules }) => rules.waiting() }),
]

type OfRole = { readonly role: string }
const may = seeRoles

export const rolePages = [
  page(`GET ${rolesPath}`, { may, respond: firstRole }),
  page(`GET ${rolesPath}/new`, { may, respond: (request, services) => newRolePage(request, services) }),
  page(`POST ${rolesPath}/new`, { may, respond: makeRole }),
  page(`GET ${rolesPath}/compare`, { may, respond: comparePage }),
  page(`GET ${rolesPath}/:role`, { may, respond: (request, services) => rolePage(request, services) }),
  page(`POST ${rolesPath}/:role/rules`, { may, respond: changeRule }),
  page(`POST ${rolesPath}/:role/rights`, {
    may,
    respond: posted('rights', (role, request, services) => giveRights(services, role.name, new Set(textsIn(request, 'right')))),
  }),
  page(`POST ${rolesPath}/:role/members`, {
    may,
    respond: posted('people', async (role, request, services) => {
      const name = await changeMembers(services, role, request)
      return services.text(textIn(request, 'remove') ? 'access.roles.member_removed' : 'access.roles.member_added', { name })
    }),
  }),
  page(`POST ${rolesPath}/:role/includes`, {
    may,
    respond: posted('includes', (role, request, services) => changeIncludes(services, role, request)),
  }),
  page(`POST ${rolesPath}/:role/about`, {
    may,
    respond: posted('about', (role, request, services) => changeAbout(services, role, request)),
  }),
  page(`POST ${rolesPath}/:role/remove`, { may, respond: removeRole }),
  page(`GET ${driftPath}`, { may, respond: driftPage }),
  page(`POST ${driftPath}`, { may, respond: decideDrift }),
]

/** The one that most people have to do with: not the one that may do everything. */
async function firstRole(_: Request, services: Services): Promise<Reply> {
  const { roles } = await services.access.policy()
  const first = roles.has('agent') ? 'agent' : ([...roles.values()].find(({ everything }) => !everything)?.name ?? 'administrator')
  return redirect(roleHref(first))
}

async function changeRule(request: Request<OfRole>, services: Services): Promise<Reply> {
  const place = { model: textIn(request, 'model'), action: textIn(request, 'action') }
  const model = services.app.models.byName(place.model)
  const role = await roleIn(request, services)
  if (!model) return redirect(roleHref(role.name))
  const isRemoved = textIn(request, 'do') === 'remove'
  const rule = await readRule(request, services, model, !isRemoved)
  if (rule.isStep) return rolePage(request, services, { rule, place, part: 'rule' })
  if (rule.errors.length > 0) return { ...(await rolePage(request, services, { rule, place, part: 'rule' })), status: 422 }
  return unlessRefused(request, services, { rule, place, part: 'rule' }, async () => {
    const key = await saveRule(services, role.name, model, rule, isRemoved)
    const says = services.text(isRemoved ? 'access.roles.rule_removed' : 'access.roles.rule_saved')
    const action = isRemoved || rule.source.verbs?.includes(place.action) ? place.action : (rule.source.verbs?.[0] ?? place.action)
    return services.screens.done(request, cellHref(role.name, model.name, action, isRemoved ? {} : { rule: key }), {
      text: says,
      tone: 'success',
    })
  })
}

/** A text that it returns is said of it; else the usual words are. */
type Doing = (role: NamedRole, request: Request<OfRole>, services: Services) => Promise<unknown>

/** A form of one part of the screen. */
function posted(part: NonNullable<Unsaved['part']>, doing: Doing) {
  return (request: Request<OfRole>, services: Services): Promise<Reply> =>
    unlessRefused(request, services, { part }, async () => {
      const role = await roleIn(request, services)
      const says = await doing(role, request, services)
      const text = typeof says === 'string' ? says : services.text('access.roles.saved')
      return services.screens.done(request, roleHref(role.name), { text, tone: 'success' })
    })
}

async function removeRole(request: Request<OfRole>, services: Services): Promise<Reply> {
  return unlessRefused(request, services, { part: 'about' }, async () => {
    const { id, label } = await roleIn(request, services)
    if (id !== undefined) await services.records.remove(Role, id)
    return services.screens.done(request, rolesPath, { text: services.text('access.roles.removed', { role: label }), tone: 'success' })
  })
}

/** What was wrong is shown beside the form, with what was written still in it; a refusal of rights is not the form's. */
async function unlessRefused(request: Request<OfRole>, services: Services, form: Unsaved, doing: () => Promise<Reply>): Promise<Reply> {
  try {
    return await doing()
  } catch (error) {
    if (!(error instanceof UserError) || error.status === 403 || error.code === 'access.no_role') throw error
    return rolePage(request, services, { ...form, error })
  }
}

async function roleIn({ params }: Request<OfRole>, services: Services): Promise<NamedRole> {
  return demandRole(await namedRoles(services, await services.access.policy()), params.role)
}
