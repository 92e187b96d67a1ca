import {
  type Action,
  type ComposedConversation,
  type FieldMeta,
  fieldAt,
  groupCode,
  helpCode,
  isWritable,
  labelOf,
  type ModelMeta,
  type Node,
  readableField,
  type Shown,
} from '@tessera/core'
import { type CellMaker, cellMaker } from './cell.ts'
import { fieldPermitOf, type Permit, permitOf, type Test, testOf } from './condition.ts'
import { type PlannedJoins, plannedJoins } from './joined.ts'
import { archiving } from './list-verbs.ts'
import { prepare, type Reader } from './reader.ts'
import { shownLabel } from './words.ts'

/** One field of a form with everything that decides how it is shown. */
export interface PlannedField {
  readonly name: string
  readonly field: FieldMeta
  readonly shown: Shown
  readonly label: string
  readonly help: string | undefined
  readonly origin: string | undefined
  readonly cell: CellMaker
  /** Never to be written here: a path, a value that the system keeps, or one that only actions write. */
  readonly fixed: boolean
  readonly hidden: true | Test | undefined
  readonly readonly: readonly Test[]
  readonly required: boolean | Test
  readonly create: Permit
  readonly update: Permit
}
export interface PlannedGroup {
  readonly name: string
  readonly label: string | undefined
  readonly fields: readonly PlannedField[]
}
/** The records of another model that point to this one. */
export interface PlannedRelated {
  readonly name: string
  readonly label: string
  readonly target: ModelMeta
  readonly mappedBy: string
  readonly columns: readonly string[]
  /** Written on the form itself. */
  readonly isLines: boolean
  readonly hidden: true | Test | undefined
}
export interface PlannedTab {
  readonly name: string
  readonly label: string
  readonly groups: readonly PlannedGroup[]
  readonly related: readonly PlannedRelated[]
}
export interface PlannedAction {
  readonly action: Action
  readonly label: string
  readonly permit: Permit
  readonly when: Test | undefined
}
export interface PlannedSaying extends PlannedAction {
  readonly internal: boolean
}
export interface PlannedConversation {
  /** Undefined where the reader may read nothing of what was said. */
  readonly said: { readonly target: ModelMeta; readonly mappedBy: string; readonly fields: readonly string[] } | undefined
  readonly speaker: string | undefined
  readonly joins: PlannedJoins | undefined
  readonly say: readonly PlannedSaying[]
}

/** The form of a model for all who share the same roles and language. */
export interface FormPlan {
  readonly title: PlannedField | undefined
  readonly groups: readonly PlannedGroup[]
  readonly tabs: readonly PlannedTab[]
  readonly fields: ReadonlyMap<string, PlannedField>
  readonly actions: readonly PlannedAction[]
  readonly conversation: PlannedConversation | undefined
  readonly update: Permit
  readonly remove: Permit
  /** To be put away and taken back. */
  readonly archive: Permit
  /** Everything that a row must hold to be shown. */
  readonly needs: readonly string[]
}

export function formPlan(reader: Reader, model: ModelMeta): FormPlan {
  return prepare(reader, `form ${model.name}`, () => makePlan(reader, model))
}

function makePlan(reader: Reader, model: ModelMeta): FormPlan {
  const { ability, app } = reader
  const { form } = app.screens(model)
  const [first, ...others] = form.of
  const title = first?.node === 'field' ? titleField(reader, model, first) : undefined
  const rest = title ? others : form.of
  const loose = rest.flatMap((node) => (node.node === 'field' && !isRelated(model, node) ? [node] : []))
  const main = groupOf(reader, model, 'main', undefined, loose)
  const groups = [
    ...(main.fields.length > 0 ? [main] : []),
    ...rest.flatMap((node) => (node.node === 'group' ? [boxGroup(reader, model, node)] : [])),
  ].filter(({ fields }) => fields.length > 0)
  const tabs = rest.flatMap((node) => {
    if (node.node === 'tab') return [tabOf(reader, model, node)]
    return node.node === 'field' && isRelated(model, node) ? relatedOf(reader, model, [node]).map(tabAround) : []
  })
  const all = [
    ...(title ? [title] : []),
    ...groups.flatMap(({ fields }) => fields),
    ...tabs.flatMap((tab) => tab.groups.flatMap(({ fields }) => fields)),
  ]
  const actions = form.buttons.flatMap((action) => plannedAction(reader, model, action) ?? [])
  const conversation = form.conversation && plannedConversation(reader, model, form.conversation)
  const update = model.appendOnly ? never : permitOf(model, 'update', ability)
  const remove = model.appendOnly ? never : permitOf(model, 'delete', ability)
  const archive = archiving(reader, model) ? fieldPermitOf(model, 'update', 'active', ability) : never
  const kept = ['active', 'version', 'createdAt', 'updatedAt', 'createdBy', 'updatedBy'].filter((name) =>
    readableField(ability, model, name),
  )
  const needs = new Set([
    ...kept,
    ...all.flatMap((each) => [
      ...each.cell.needs,
      ...(each.hidden === true ? [] : (each.hidden?.needs ?? [])),
      ...each.readonly.flatMap((test) => test.needs),
      ...(typeof each.required === 'object' ? each.required.needs : []),
      ...each.update.needs,
      ...choiceNeeds(reader, model, each.field),
    ]),
    ...tabs.flatMap(({ related }) => related.flatMap(({ hidden }) => (hidden === true ? [] : (hidden?.needs ?? [])))),
    ...[...actions, ...(conversation?.say ?? [])].flatMap(({ action, permit, when }) => [
      ...permit.needs,
      ...(when?.needs ?? []),
      ...openingNeeds(reader, model, action),
    ]),
    ...(conversation?.joins?.needs ?? []),
    ...form.links.flatMap(({ link }) => (link.includes('.') && readableField(ability, model, link) ? [link.split('.')[0]!] : [])),
    ...update.needs,
    ...remove.needs,
    ...archive.needs,
    ...model.title.needs.filter((need) => readableField(ability, model, need)),
  ])
  return {
    title,
    groups,
    tabs: tabs.filter(isShown),
    fields: new Map(all.map((each) => [each.name, each])),
    actions,
    conversation,
    update,
    remove,
    archive,
    needs: [...needs],
  }
}

function plannedAction({ ability, t }: Reader, model: ModelMeta, action: Action): PlannedAction | undefined {
  const permit = permitOf(model, action.name, ability)
  const isOpening = action.opens !== undefined
  if (!permit.possible && !isOpening) return undefined
  const when = action.when && testOf(model, action.when, ability)
  return { action, label: labelOf(action, t), permit: isOpening ? always : permit, when }
}

function plannedConversation(reader: Reader, model: ModelMeta, { of, speaker, joins, say }: ComposedConversation): PlannedConversation {
  const field = readableField(reader.ability, model, of)
  const isRead = field?.kind === 'many' && reader.ability.possible('read', field.target)
  const names = isRead
    ? ['kind', 'body', 'sender', 'author', 'channel', 'createdAt', 'mentions', 'activity', ...(speaker === undefined ? [] : [speaker])]
    : []
  return {
    said:
      isRead && field.mappedBy
        ? { target: field.target, mappedBy: field.mappedBy, fields: readable(reader, field.target, names) }
        : undefined,
    speaker,
    joins: joins && plannedJoins(reader, model, joins),
    say: say.flatMap(({ action, internal }) => {
      const planned = plannedAction(reader, model, action)
      return planned ? [{ ...planned, internal }] : []
    }),
  }
}

const readable = ({ ability }: Reader, model: ModelMeta, names: readonly string[]) =>
  names.filter((name) => readableField(ability, model, name))

const always: Permit = { possible: true, needs: [], holds: () => true }
const never: Permit = { possible: false, needs: [], holds: () => false }
const isShown = ({ groups, related }: PlannedTab) => groups.length > 0 || related.length > 0

/** The first field of the form, where it is a short text that names the record: it is edited as the title. */
function titleField(reader: Reader, model: ModelMeta, node: Shown): PlannedField | undefined {
  const field = model.fields.get(node.field)
  if (field?.kind !== 'scalar' || (field.type !== 'string' && field.type !== 'translated')) return undefined
  return model.title.needs.includes(node.field) ? plannedField(reader, model, node) : undefined
}

function tabOf(reader: Reader, model: ModelMeta, node: Extract<Node, { node: 'tab' }>): PlannedTab {
  const fields = node.of.flatMap((each) => (each.node === 'field' ? [each] : []))
  const loose = groupOf(
    reader,
    model,
    node.name,
    undefined,
    fields.filter((each) => !isRelated(model, each)),
  )
  const boxed = node.of.flatMap((each) => (each.node === 'group' ? [boxGroup(reader, model, each)] : []))
  return {
    name: node.name,
    label: reader.t(groupCode(model, node.name)),
    groups: [loose, ...boxed].filter((group) => group.fields.length > 0),
    related: relatedOf(
      reader,
      model,
      fields.filter((each) => isRelated(model, each)),
    ),
  }
}

const tabAround = (related: PlannedRelated): PlannedTab => ({ name: related.name, label: related.label, groups: [], related: [related] })

function boxGroup(reader: Reader, model: ModelMeta, node: Extract<Node, { node: 'group' | 'tab' }>): PlannedGroup {
  const fields = node.of.flatMap((each) => (each.node === 'field' && !isRelated(model, each) ? [each] : []))
  return groupOf(reader, model, node.name, reader.t(groupCode(model, node.name)), fields)
}

function groupOf(reader: Reader, model: ModelMeta, name: string, label: string | undefined, nodes: readonly Shown[]): PlannedGroup {
  return { name, label, fields: nodes.flatMap((node) => plannedField(reader, model, node) ?? []) }
}

function isRelated(model: ModelMeta, { field }: Shown): boolean {
  const meta = fieldAt(model, field)
  return meta?.kind === 'many' && meta.mappedBy !== undefined && meta.pivot === undefined
}

function relatedOf(reader: Reader, model: ModelMeta, nodes: readonly Shown[]): readonly PlannedRelated[] {
  return nodes.flatMap((node): PlannedRelated[] => {
    const field = readableField(reader.ability, model, node.field)
    if (field?.kind !== 'many' || !field.mappedBy || !reader.ability.possible('read', field.target)) return []
    const columns = node.list ?? reader.app.screens(field.target).list.of.map((shown) => shown.field)
    const others = columns.filter((column) => column !== field.mappedBy)
    return [
      {
        name: field.name,
        label: shownLabel(model, 'form', node, reader.t),
        target: field.target,
        mappedBy: field.mappedBy,
        columns: others,
        isLines: node.as === 'lines',
        hidden: node.hidden === true ? true : node.hidden && testOf(model, node.hidden, reader.ability),
      },
    ]
  })
}

export function plannedField(reader: Reader, model: ModelMeta, shown: Shown): PlannedField | undefined {
  const { ability, t } = reader
  const field = readableField(ability, model, shown.field)
  if (!field) return undefined
  const isPath = shown.field.includes('.')
  const tests = [field.readonly, shown.readonly]
    .filter((each) => typeof each === 'object')
    .flatMap((where) => testOf(model, where, ability) ?? [])
  return {
    name: shown.field,
    field,
    shown,
    label: shownLabel(model, 'form', shown, t),
    help: field.help === undefined || isPath ? undefined : t(helpCode(field)),
    origin: !isPath && field.module !== model.module ? t('web.added_by', { module: field.module }) : undefined,
    cell: cellMaker(reader, model, shown),
    fixed: isPath || shown.readonly === true || isFixed(reader, model, field),
    hidden: shown.hidden === true ? true : shown.hidden && testOf(model, shown.hidden, ability),
    readonly: isPath ? [] : tests,
    required: isPath ? false : requirementOf(reader, model, field),
    create: isPath ? never : fieldPermitOf(model, 'create', field.name, ability),
    update: isPath ? never : field.through.length > 0 ? always : fieldPermitOf(model, 'update', field.name, ability),
  }
}

function isFixed({ ability }: Reader, model: ModelMeta, field: FieldMeta): boolean {
  if (!isWritable(field)) return true
  // An action that owns the field must take its new value, and be allowed.
  return field.through.length > 0 && !field.through.some((action) => field.name in action.takes && ability.possible(action.name, model))
}

function requirementOf({ ability }: Reader, model: ModelMeta, field: FieldMeta): boolean | Test {
  if (field.required === true) return true
  if (typeof field.required === 'object') return testOf(model, field.required, ability) ?? false
  return field.kind !== 'many' && !field.nullable && !(field.kind === 'scalar' && (field.hasDefault || field.type === 'boolean'))
}

function openingNeeds({ ability }: Reader, model: ModelMeta, { opens }: Action): readonly string[] {
  return (opens?.needs ?? []).filter((need) => need !== 'id' && readableField(ability, model, need))
}

function choiceNeeds({ ability }: Reader, model: ModelMeta, field: FieldMeta): readonly string[] {
  if (field.kind !== 'one' || !field.where || !('needs' in field.where)) return []
  return (field.where.needs as readonly string[]).filter((need) => readableField(ability, model, need))
}
