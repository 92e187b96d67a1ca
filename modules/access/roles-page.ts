/** The screen of one role: the tree, the grid, the rules of the chosen cell, and who has it. */
import { Role, RuleSet } from '@tessera/base'
import { type ModelMeta, NotFound, type Reply, type Request, type Services, type UserError } from '@tessera/core'
import { cellOf, keyOf, membersToCount, ownRules } from './roles-cell.ts'
import { editorOf, newRule, type SentRule } from './roles-editor.ts'
import { fieldRules } from './roles-fields.ts'
import { gridOf } from './roles-grid.ts'
import { includingOf, peopleOf } from './roles-members.ts'
import { actionsOf, cellHref, type NamedRole, namedRoles, roleHref, rolesPath, verbs } from './roles-names.ts'
import { render } from './roles-render.ts'
import { rightsOf } from './roles-rights.ts'
import { treeOf } from './roles-tree.ts'

/** What a form of the screen came to, when it was not saved. */
export interface Unsaved {
  readonly error?: UserError
  /** The part of the screen beside which the error is shown. */
  readonly part?: 'rule' | 'people' | 'includes' | 'about' | 'rights'
  readonly rule?: SentRule
  readonly place?: { readonly model: string; readonly action: string }
}

export async function rolePage(request: Request<{ role: string }>, services: Services, unsaved: Unsaved = {}): Promise<Reply> {
  const { access, app, screens, text } = services
  const policy = await access.policy()
  const roles = await namedRoles(services, policy)
  const role = demandRole(roles, request.params.role)
  const place = unsaved.place ?? placeIn(request)
  const model = place && app.models.byName(place.model)
  const action = model && place && isVerb(services, model, place.action) ? place.action : undefined
  const model_ = {
    csrf: request.csrf,
    mayWrite: mayWrite(services),
    here: roleHref(role.name),
    tree: await treeOf(services, roles, role.name),
    newRole: `${rolesPath}/new`,
    compare: `${rolesPath}/compare?${new URLSearchParams({ left: role.name })}`,
    explain: `/access/explain?${new URLSearchParams(model && action !== undefined ? { model: model.name, action } : {})}`,
    role,
    includes: role.includes.map((name) => roles.get(name)?.label ?? name).join(', '),
    grid: gridOf({ services, policy, roles, role, model: model?.name, action }),
    ...(model && action !== undefined && { place: await chosenCell(request, services, { policy, roles, role, model, action }, unsaved) }),
    rights: rightsOf(services, policy, roles, role.name),
    people: await peopleOf(services, role),
    including: includingOf(services, roles, role),
    wrong: unsaved.error && unsaved.part !== 'rule' ? { [unsaved.part ?? 'about']: sentence(services, unsaved.error) } : {},
  }
  const page = await screens.page(request, {
    title: text('access.roles.title_of', { role: role.label }),
    content: render('role', model_, services),
    at: rolesPath,
  })
  return unsaved.error ? { ...page, status: unsaved.error.status } : page
}

export function demandRole(roles: ReadonlyMap<string, NamedRole>, name: string): NamedRole {
  const role = roles.get(name)
  if (!role) throw new NotFound('access.no_role', 'There is no role "{role}".', { role: name.slice(0, 60) })
  return role
}

/** In the reader's language, with what stands at single fields. */
export function sentence({ text }: Pick<Services, 'text'>, { code, message, values, hint, errors }: UserError): string {
  const said = text(code, values)
  const parts = [
    said === code ? message : said,
    hint,
    ...(code === 'record.invalid' ? errors.map((each) => fieldSentence(text, each)) : []),
  ]
  return parts.filter(Boolean).join(' ')
}

function fieldSentence(text: Services['text'], { code, text: english, values }: UserError['errors'][number]): string {
  const said = text(code, values)
  return said === code ? english : said
}

type Chosen = {
  readonly policy: Parameters<typeof cellOf>[1]
  readonly roles: ReadonlyMap<string, NamedRole>
  readonly role: NamedRole
  readonly model: ModelMeta
  readonly action: string
}

async function chosenCell(
  request: Request,
  services: Services,
  { policy, roles, role, model, action }: Chosen,
  { rule: sent, error }: Unsaved,
) {
  const own = await ownRules(services, role.name, model.name)
  const wanted = sent?.key ?? request.query.get('rule') ?? undefined
  const first = own.find(({ source }) => source.verbs?.includes(action))
  const open = wanted === newRule ? undefined : (own.find((each) => keyOf(each) === wanted) ?? (wanted === undefined ? first : undefined))
  const { member, options } = await membersToCount(services, role.name, request.query.get('as'))
  const shown = await cellOf(services, policy, roles, { role: role.name, model, action, open: open && keyOf(open), member })
  const isEditing = !role.everything && mayWrite(services) && (open !== undefined || wanted === newRule || sent !== undefined)
  const errors = error ? [sentence(services, error)] : []
  const form = sent && { ...sent, errors: [...sent.errors, ...errors] }
  return {
    ...shown,
    model: model.name,
    title: services.text('access.roles.may_do', { role: role.label, verb: shown.label, model: services.text(`${model.name}.model`) }),
    everything: role.everything,
    add: cellHref(role.name, model.name, action, { rule: newRule }),
    discard: cellHref(role.name, model.name, action),
    ...(isEditing && { editor: await editorOf(services, model, open, action, form) }),
    members: options,
    rule: open ? keyOf(open) : '',
    fields: await fieldRules(services, policy, roles, role.name, model),
  }
}

/** Whoever may only look is offered nothing to change. */
export function mayWrite({ app, context }: Services): boolean {
  const { ability } = context.caller
  return [Role, RuleSet].every((model) => ability.possible('update', app.models.of(model)))
}

function placeIn({ query }: Request): Unsaved['place'] {
  const [model, action] = [query.get('model'), query.get('action')]
  return model && action ? { model, action } : undefined
}

function isVerb(services: Services, model: ModelMeta, name: string): boolean {
  return verbs.some((verb) => verb === name) || actionsOf(services, model).some((action) => action.name === name)
}
