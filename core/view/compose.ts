/** From declared views and patches to the screens of each model. */
import type { Action } from '../action/action.ts'
import { inputsOf } from '../action/inputs.ts'
import { checkPath, didYouMean, installed, type Scope, scopesOf } from '../check/faults.ts'
import type { BootProblem } from '../errors.ts'
import type { ModelMeta, Models } from '../model/meta.ts'
import type { Erased } from '../model/types.ts'
import type { LoadedModule } from '../module/composition.ts'
import { draftBoard } from './board.ts'
import { draftCalendar } from './calendar.ts'
import type { ComposedConversation, Screens } from './composed.ts'
import {
  type CalendarDraft,
  type DraftPart,
  type FormDraft,
  finishedCalendar,
  finishedForm,
  finishedKanban,
  finishedList,
  type GraphDraft,
  type KanbanDraft,
  type ListDraft,
  type PivotDraft,
  type SearchDraft,
} from './draft.ts'
import { changeGraph, changePivot, draftGraph, draftPivot, finishedGraph, finishedPivot } from './figures.ts'
import { generatedForm, generatedGraph, generatedList, generatedPivot, generatedSearch } from './generated.ts'
import { checkLines } from './lines.ts'
import { type ViewScope, viewScope } from './origins.ts'
import { checkMoved, checkNames, checkTones, draftButton, draftParts, linkOf } from './parts.ts'
import type { GraphChange, Patch, PivotChange, SearchChange } from './patch.ts'
import { applyOperation } from './patching.ts'
import { changeSearch, checkFilters, draftSearch, finishedSearch } from './searching.ts'
import type {
  CalendarView,
  ConversationPart,
  FormView,
  GraphView,
  JoinsPart,
  KanbanView,
  ListView,
  PivotView,
  SearchView,
  View,
  ViewKind,
} from './view.ts'

/**
 * Composes the screens of all models: declared views, or generated ones, then the patches in the order of the modules.
 * What is wrong goes into `problems`; the screens are good for use only when there are none.
 */
export function composeScreens(models: Models, modules: readonly LoadedModule[], problems: BootProblem[]): (model: ModelMeta) => Screens {
  const scopes = scopesOf(modules, models, problems)
  const declared = declaredViews(models, modules, scopes)
  const actions = modules.flatMap(({ declaration }) => declaration.actions)
  const drafts = new Map(models.all.map((model) => [model, draftsOf(model, declared, actions, scopes)]))
  const done = new Set<Patch>()
  for (const { declaration, because } of modules) {
    for (const view of declaration.views) {
      if (view.kind !== 'patch' || done.has(view)) continue
      done.add(view)
      applyPatch(viewScope(scopes(declaration.name), 'inserted', because?.get(view)), view, drafts, declared)
    }
  }
  const screens = new Map([...drafts].map(([model, of]) => [model, finished(of, actions, scopes)]))
  return (model) => screens.get(model)!
}

interface Drafts {
  readonly model: ModelMeta
  readonly form: FormDraft
  readonly list: ListDraft
  readonly kanban: KanbanDraft | undefined
  readonly calendar: CalendarDraft | undefined
  readonly search: SearchDraft
  readonly pivot: PivotDraft
  readonly graph: GraphDraft
}
interface DeclaredView {
  readonly view: View
  readonly module: string
  /** The optional module for which it is declared. */
  readonly extra: string | undefined
}
type DeclaredViews = ReadonlyMap<ModelMeta, Partial<Readonly<Record<ViewKind, DeclaredView>>>>
type Scopes = (module: string) => Scope

function declaredViews(models: Models, modules: readonly LoadedModule[], scopes: Scopes): DeclaredViews {
  const views = new Map<ModelMeta, Partial<Record<ViewKind, DeclaredView>>>()
  for (const { declaration, because } of modules) {
    const { name: module } = declaration
    for (const view of declaration.views) {
      if (view.kind === 'patch') continue
      const model = modelOf(scopes(module), models, view)
      if (!model) continue
      const ofModel = views.get(model) ?? {}
      views.set(model, ofModel)
      const other = ofModel[view.kind]
      if (!other) ofModel[view.kind] = { view, module, extra: because?.get(view) }
      else if (other.view !== view) {
        const sentence = `"${module}" declares a ${view.kind} of "${model.name}", which "${other.module}" has declared already.`
        scopes(module).report('view.duplicate', sentence, 'Change the declared one with patch or patchView.')
      }
    }
  }
  return views
}

function modelOf(scope: Scope, models: Models, view: View | Patch): ModelMeta | undefined {
  const model = installed(models, view.model)
  if (model) return model
  const does = view.kind === 'patch' ? 'patches a view of' : `declares a ${view.kind} of`
  scope.report('view.unknown_model', `"${scope.module}" ${does} "${view.model.name}", a model that no installed module declares.`)
  return undefined
}

function draftsOf(model: ModelMeta, declared: DeclaredViews, actions: readonly Action[], scopes: Scopes): Drafts {
  const found = declared.get(model) ?? {}
  const own = actions.filter((action) => action.model === model.handle)
  const scopeOf = ({ module, extra }: DeclaredView) => viewScope(scopes(module), 'declared', extra)
  const draft = <V extends View, D>(kind: V['kind'], generated: () => V, from: (scope: ViewScope, view: V) => D): D => {
    const given = found[kind]
    return given ? from(scopeOf(given), given.view as V) : from(viewScope(scopes(model.module), 'generated'), generated())
  }
  const search = draft<SearchView, SearchDraft>('search', () => generatedSearch(model), draftSearch(model))
  const groups = [...search.groups.keys()]
  return {
    model,
    form: draft<FormView, FormDraft>('form', () => generatedForm(model, own), draftForm(model)),
    list: draft<ListView, ListDraft>('list', () => generatedList(model), draftList(model)),
    search,
    pivot: draft<PivotView, PivotDraft>('pivot', () => generatedPivot(model, groups), draftPivot(model)),
    graph: draft<GraphView, GraphDraft>('graph', () => generatedGraph(model, groups), draftGraph(model)),
    kanban: found.kanban && draftKanban(scopeOf(found.kanban), model, found.kanban.view as KanbanView),
    calendar: found.calendar && calendarOf(scopeOf(found.calendar), model, found.calendar.view as CalendarView),
  }
}

const draftForm =
  (model: ModelMeta) =>
  (scope: ViewScope, view: FormView): FormDraft => {
    if (view.status !== undefined) checkChoice(scope, model, view.status, 'the status of the form')
    const parts = draftParts(scope, model, 'form', view.of)
    checkNames(scope, model, [], parts)
    return {
      kind: 'form',
      ...common(scope, model, 'form', view, parts),
      buttons: view.buttons.map((action) => draftButton(scope, action)),
      status: view.status,
      links: view.links.map((link) => linkOf(scope, model, link)),
      conversation: view.conversation && draftConversation(scope, model, view.conversation),
    }
  }

const draftList =
  (model: ModelMeta) =>
  (scope: ViewScope, view: ListView): ListDraft => {
    checkTones(scope, model, view.tones, `the list of "${model.name}"`)
    const order = Object.entries(view.order ?? {}).map(([path, direction = 'asc']) => ({ path, direction }))
    for (const { path } of order) checkPath(scope, 'view', model, path, `The list of "${model.name}" is ordered by`)
    return {
      kind: 'list',
      ...common(scope, model, 'list', view, draftParts(scope, model, 'list', view.of)),
      filter: view.filter,
      order: view.order ? order : model.order,
      tones: view.tones,
    }
  }

function draftKanban(scope: ViewScope, model: ModelMeta, view: KanbanView): KanbanDraft {
  checkChoice(scope, model, view.by, 'the columns of the kanban')
  const parts = draftParts(scope, model, 'kanban', view.card)
  return { ...common(scope, model, 'kanban', view, parts), ...draftBoard(scope, model, view) }
}

function calendarOf(scope: ViewScope, model: ModelMeta, view: CalendarView): CalendarDraft {
  const parts = draftParts(scope, model, 'calendar', view.card)
  return { ...common(scope, model, 'calendar', view, parts), ...draftCalendar(scope, model, view) }
}

function common(
  scope: ViewScope,
  model: ModelMeta,
  kind: ViewKind,
  { moved }: FormView | ListView | KanbanView | CalendarView,
  parts: DraftPart[],
): Pick<FormDraft, 'model' | 'generated' | 'module' | 'parts' | 'buttons' | 'moved' | 'outdated'> {
  checkMoved(scope, model, kind, moved, parts)
  return { model, generated: scope.put.did === 'generated', module: scope.module, parts, buttons: [], moved, outdated: [] }
}

/** A status bar and the columns of a kanban need a field with a small set of values. */
function checkChoice(scope: Scope, model: ModelMeta, name: string, what: string): void {
  const field = checkPath(scope, 'view', model, name, `"${model.name}" shows as ${what}`)
  if (!field || field.kind === 'one' || (field.kind === 'scalar' && field.type === 'enum')) return
  scope.report('view.no_choice', `"${model.name}" shows as ${what} "${name}", which is neither a relation to one record nor an enum.`)
}

function applyPatch(scope: ViewScope, patch: Patch, drafts: ReadonlyMap<ModelMeta, Drafts>, declared: DeclaredViews): void {
  const model = modelOf(scope, scope.models, patch)
  const draft = model && drafts.get(model)
  if (!model || !draft) return
  const { view } = patch
  if (view && declared.get(model)?.[view.kind]?.view !== view) {
    const sentence = `"${scope.module}" patches a ${view.kind} of "${model.name}" that no module declares.`
    scope.report('view.unknown_view', sentence, 'List the view itself under views of its module.')
    return
  }
  for (const operation of patch.form) applyOperation(scope, draft.form, operation, view !== undefined)
  for (const operation of patch.list) applyOperation(scope, draft.list, operation, view !== undefined)
  for (const kind of ['kanban', 'calendar'] as const) {
    const drafted = draft[kind]
    for (const operation of patch[kind]) {
      if (drafted) applyOperation(scope, drafted, operation, view !== undefined)
      else
        scope.report(
          'view.unknown_anchor',
          `"${scope.module}" patches the ${kind} of "${model.name}" of "${model.module}", which has none.`,
        )
    }
  }
  for (const change of patch.search) changeSearch(scope, draft.search, change as SearchChange<never>)
  for (const change of patch.pivot) changePivot(scope, draft.pivot, change as PivotChange<never>)
  for (const change of patch.graph) changeGraph(scope, draft.graph, change as GraphChange<never>)
}

/** What is said has a kind, a body, a sender and an author, each of the sort by which a client can show it. */
function draftConversation(scope: ViewScope, model: ModelMeta, part: ConversationPart<Erased>): FormDraft['conversation'] {
  const { of, speaker, joins, say } = part
  const where = `The conversation on the form of "${model.name}" is`
  const field = checkPath(scope, 'view', model, of, where)
  if (field && (field.kind !== 'many' || !field.mappedBy)) {
    scope.report('view.no_conversation', `${where} "${of}", which is no relation to records that point back.`)
  } else if (field?.kind === 'many') {
    const { target } = field
    const isChoice = (name: string, values: readonly string[]) => {
      const own = target.fields.get(name)
      return own?.kind === 'scalar' && values.every((value) => own.values?.includes(value))
    }
    const missing = [
      ...(isChoice('kind', ['public', 'note']) ? [] : ['kind (public, note)']),
      ...(isChoice('sender', ['staff', 'customer', 'bot']) ? [] : ['sender (staff, customer, bot)']),
      ...(target.fields.get('body')?.kind === 'scalar' ? [] : ['body']),
      ...(target.fields.get('author')?.kind === 'one' ? [] : ['author']),
    ]
    if (missing.length > 0) scope.report('view.no_conversation', `${where} "${of}", but "${target.name}" has no ${missing.join(', ')}.`)
    if (speaker !== undefined) checkPath(scope, 'view', target, speaker, `The speaker in the conversation of "${model.name}" is`)
  }
  return { of, speaker, joins: joins && checkedJoins(scope, model, joins), say: say.map((each) => draftButton(scope, each)) }
}

function checkedJoins(scope: ViewScope, model: ModelMeta, { of, since, opening }: JoinsPart<Erased>): ComposedConversation['joins'] {
  const where = `The conversation of "${model.name}" joins`
  const field = checkPath(scope, 'view', model, of, where)
  if (field && (field.kind !== 'many' || field.target !== model || !field.mappedBy))
    scope.report('view.no_conversation', `${where} "${of}", which is no relation to records of its own kind that point back.`)
  for (const each of opening === undefined ? [since] : [since, opening]) checkPath(scope, 'view', model, each, `${where} records by`)
  return { of, since, opening }
}

function finished(drafts: Drafts, actions: readonly Action[], scopes: Scopes): Screens {
  const { form, list, kanban, calendar, search, pivot, graph } = drafts
  checkFilters(scopes(list.module), form.model, list.filter, search.filters, `The list of "${form.model.name}"`)
  checkButtons(form, actions, scopes)
  checkLines(form, scopes)
  return {
    form: finishedForm(form),
    list: finishedList(list),
    kanban: kanban && finishedKanban(kanban),
    calendar: calendar && finishedCalendar(calendar),
    search: finishedSearch(search),
    pivot: finishedPivot(pivot),
    graph: finishedGraph(graph),
  }
}

/** A button without a declared action would lead to a route that does not exist. */
function checkButtons({ model, buttons, conversation }: FormDraft, actions: readonly Action[], scopes: Scopes): void {
  const declared = actions.filter((action) => action.model === model.handle).map(({ name }) => name)
  for (const { action, module, gone } of conversation?.say ?? []) {
    const asked = inputsOf(action).filter(({ required }) => required)
    if (gone || (asked.length === 1 && asked[0]?.name === 'body')) continue
    const sentence = `The conversation of "${model.name}" is added to by "${action.name}", which does not take a body and nothing else that is required.`
    scopes(module).report('view.no_conversation', sentence, 'Its input needs `body`; everything else must be optional.')
  }
  for (const { action, module, gone } of [...buttons, ...(conversation?.say ?? [])]) {
    if (gone || declared.includes(action.name)) continue
    const sentence = `The form of "${model.name}" shows the button "${action.name}", but no module lists this action under actions.`
    scopes(module).report('view.unknown_action', sentence, didYouMean(action.name, declared) ?? 'Add it there.')
  }
}
