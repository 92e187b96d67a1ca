/** From declared parts to drafts, checking on the way what they name. */
import type { Action } from '../action/action.ts'
import { checkCondition } from '../check/conditions.ts'
import { checkPath, didYouMean, type Scope } from '../check/faults.ts'
import type { FieldMeta, ModelMeta } from '../model/meta.ts'
import { labelFrom } from '../model/naming.ts'
import type { Erased } from '../model/types.ts'
import type { ComposedList } from './composed.ts'
import { boxesIn, type DraftBox, type DraftButton, type DraftField, type DraftLink, type DraftPart, partsIn } from './draft.ts'
import type { Deed, ViewScope } from './origins.ts'
import type { FieldPart, GroupPart, LinkPart, Part, Say, TabPart } from './view.ts'

type AnyPart = Part<never> | FieldPart<never> | GroupPart<never, string> | TabPart<never, string>

/** Fields, groups and tabs; `kind` names the screen in sentences. */
export function draftParts(scope: ViewScope, model: ModelMeta, kind: string, parts: readonly unknown[]): DraftPart[] {
  return (parts as readonly AnyPart[]).map((part) => {
    if (typeof part === 'string') return draftField(scope, model, kind, { field: part })
    if ('field' in part) return draftField(scope, model, kind, part)
    return 'group' in part ? draftBox(scope, model, kind, 'group', part.group, part) : draftBox(scope, model, kind, 'tab', part.tab, part)
  })
}

export function draftButton(scope: ViewScope, said: Action | Say<Erased>): DraftButton {
  const [action, internal] = 'say' in said ? [said.say, said.internal] : [said, false]
  return { node: 'button', action, module: scope.module, internal, deeds: [scope.put], gone: false }
}

/** An action, or one that adds to a conversation. */
export function isButton(value: unknown): value is Say<Erased> {
  return isAction(value) || (typeof value === 'object' && value !== null && 'say' in value && isAction(value.say))
}

export function isAction(value: unknown): value is Action {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'action'
}

export function linkOf(scope: ViewScope, model: ModelMeta, link: unknown): DraftLink {
  const part: LinkPart<Erased> = typeof link === 'string' ? { link } : (link as LinkPart<Erased>)
  const field = checkPath(scope, 'view', model, part.link, `The form of "${model.name}" links to`)
  if (field && field.kind !== 'many') {
    scope.report('view.no_link', `The form of "${model.name}" links to "${part.link}", which is no relation to many records.`)
  }
  if (field?.kind === 'many') checkCondition(scope, 'view', field.target, part.where, `The link "${part.link}" of "${model.name}"`)
  return {
    link: part.link,
    label: part.label,
    icon: part.icon,
    where: part.where,
    optional: part.optional ?? false,
    module: scope.module,
    deeds: [scope.put],
  }
}

export function checkTones(scope: Scope, model: ModelMeta, tones: ComposedList['tones'], where: string): void {
  for (const [tone, condition] of Object.entries(tones)) checkCondition(scope, 'view', model, condition, `The tone "${tone}" of ${where}`)
}

/** Two groups or tabs of one name could not be told apart; who comes later has to give way. */
export function checkNames(scope: Scope, model: ModelMeta, existing: DraftPart[], added: DraftPart[]): void {
  const owners = new Map(boxesIn(existing).flatMap(({ name, module, gone }) => (gone ? [] : [[name, module]])))
  for (const { name } of boxesIn(added)) {
    const owner = owners.get(name)
    if (owner === undefined) owners.set(name, scope.module)
    else {
      const sentence = `The form of "${model.name}" has two parts named "${name}", of "${owner}" and of "${scope.module}".`
      scope.report('view.duplicate_name', sentence, 'Start the name with a prefix of the module.')
    }
  }
}

/** A name that moved is gone, and the one that it has now is there: else patches would be led astray. */
export function checkMoved(
  scope: Scope,
  model: ModelMeta,
  kind: string,
  moved: Readonly<Record<string, string>>,
  parts: DraftPart[],
): void {
  const names = partsIn(parts).map(({ part }) => (part.node === 'field' ? part.shown.field : part.name))
  for (const [from, to] of Object.entries(moved)) {
    const what = `The ${kind} of "${model.name}" says that "${from}" has moved to "${to}"`
    if (names.includes(from)) scope.report('view.not_moved', `${what}, but there still is a "${from}".`, 'Take it out of moved.')
    if (!names.includes(to)) scope.report('view.moved_nowhere', `${what}, which is not there.`, didYouMean(to, names))
  }
}

function draftField(scope: ViewScope, model: ModelMeta, kind: string, part: FieldPart<never>): DraftField {
  const path: string = part.field
  checkAttributes(scope, model, path, part)
  const field = checkPath(scope, 'view', model, path, `The ${kind} of "${model.name}" shows`)
  for (const column of part.list ?? []) {
    if (field?.kind === 'many') checkPath(scope, 'view', field.target, column, `The ${kind} of "${model.name}" lists in "${path}"`)
  }
  return {
    node: 'field',
    shown: {
      field: path,
      label: part.label,
      as: part.as,
      ...(part.of !== undefined && { of: part.of }),
      ...(part.deadline !== undefined && { deadline: part.deadline }),
      wide: part.wide ?? false,
      hidden: part.hidden,
      readonly: part.readonly,
      optional: part.optional,
      tones: part.tones ?? {},
      total: part.total,
      list: part.list,
      module: scope.module,
    },
    deeds: [putBy(scope, field)],
    gone: false,
  }
}

/** What core shows of itself is there because some module added the field. */
function putBy({ put }: ViewScope, field: FieldMeta | undefined): Deed {
  return put.did === 'generated' && field && field.module !== put.module ? { ...put, module: field.module } : put
}

/** The conditions of a field's part, or of what a patch sets on it. */
export function checkAttributes(scope: Scope, model: ModelMeta, path: string, part: Partial<FieldPart<never>>): void {
  const where = `"${path}" in a view of "${model.name}"`
  if (part.hidden !== true) checkCondition(scope, 'view', model, part.hidden, `hidden of ${where}`)
  if (part.readonly !== true) checkCondition(scope, 'view', model, part.readonly, `readonly of ${where}`)
  checkTones(scope, model, part.tones ?? {}, where)
  if (part.as === 'condition' && scope.models.byName(part.of ?? '') === undefined)
    scope.report('view.no_condition_of', `${where} is shown as a condition, but "${part.of ?? ''}" is no model that it could be about.`)
  for (const name of Object.values(part.deadline ?? {})) {
    if (name !== undefined) checkPath(scope, 'view', model, name, `The deadline ${where} looks at`)
  }
}

function draftBox(
  scope: ViewScope,
  model: ModelMeta,
  kind: string,
  node: 'group' | 'tab',
  name: string,
  part: { readonly label?: string; readonly of: readonly unknown[] },
): DraftBox {
  if (model.fields.has(name)) {
    scope.report(
      'view.name_is_field',
      `The ${node} "${name}" in the ${kind} of "${model.name}" has the name of a field.`,
      'Give it another name: patches could not tell them apart.',
    )
  }
  return {
    node,
    name,
    label: part.label ?? labelFrom(name),
    of: draftParts(scope, model, kind, part.of),
    module: scope.module,
    deeds: [scope.put],
    gone: false,
  }
}
