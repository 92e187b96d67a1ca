/**
 * The only door for modules: what is not exported here does not exist for them. Authors need what `docs/guide/module-author.md`
 * names; the rest (ability, metas, clauses, days, inputs, codes, composed screens) is for a client, which shows what others declare.
 */
export type { Ability } from './access/ability.ts'
export type { Caller, Context, Credential, Door } from './access/caller.ts'
export { nameInMe, singular } from './access/callers.ts'
export { demandConfirmed, isConfirmed } from './access/confirmed.ts'
export { type Policy, type RuleInForce, type RuleSet, type RuleSource, sourceOf, withIds } from './access/policy.ts'
export type { Permission, Role, Rule, Verb } from './access/role.ts'
export { permission, role } from './access/role.ts'
export { scopePattern } from './access/scopes.ts'
export type { Action } from './action/action.ts'
export { action, ref } from './action/action.ts'
export { type ActionInput, inputsOf } from './action/inputs.ts'
export { type Live, type News, ownTopics, recordTopic } from './database/live.ts'
export {
  BadRequest,
  type BootProblem,
  CheckFailed,
  Conflict,
  type FieldError,
  Forbidden,
  FormError,
  fill,
  NotFound,
  nearest,
  TooLarge,
  TooMany,
  Unauthorized,
  UserError,
  VersionMismatch,
} from './errors.ts'
export { fetchOutside, type OutsideAnswer, OutsideRefused, type OutsideRequest, outsideSeconds } from './http/outside.ts'
export { type CsvValue, csvLines } from './importing/csv.ts'
export {
  type Encoding,
  encodings,
  errorLines,
  firstRows,
  type Importable,
  type ImportPreview,
  type ImportWords,
  importable,
  importRecords,
  type Outcome,
  openSheet,
  type PreviewRow,
  previewRecords,
  saidInFile,
} from './importing/index.ts'
export { aboutIn } from './installation/about.ts'
export type { Brought, Right } from './installation/brought.ts'
export type { Course } from './installation/course.ts'
export type { KnownModule } from './installation/known.ts'
export type {
  DeclaredChange,
  Labels,
  Operation,
  OwnFieldChange,
  Plan,
  PlannedModule,
  Refusal,
  SchemaChange,
  Verb as ModuleVerb,
} from './installation/plan.ts'
export type { Progress } from './installation/progress.ts'
export { choiceOf, choiceOfAny } from './model/choice.ts'
export { type Clause, pathsOf } from './model/conditions.ts'
export { dayAfter, instantOf, isDay, localTime, startOfDay, utcDay, weekOf } from './model/day.ts'
export { data, defineModel, type Extension, extend, given, isGiven, p, translated } from './model/define.ts'
export { conditionOn, matches, operand, type Values } from './model/matches.ts'
export {
  type FieldMeta,
  fieldAt,
  fieldsAlong,
  isDerived,
  isInDatabase,
  isWritable,
  type ManyField,
  type ModelMeta,
  makesGroups,
  type OneField,
  type ScalarField,
  systemFields,
} from './model/meta.ts'
export type { Me, Placeholder } from './model/placeholders.ts'
export { ago, isPlaceholder, me, now } from './model/placeholders.ts'
export { rankBetween, ranked } from './model/rank.ts'
export { reasonOf } from './model/reasons.ts'
export type { Changes, Draft, Fields, FieldTraits, Given, GuardedWrite, Many, Model, Seen, Traits, Where } from './model/types.ts'
export { fromText } from './model/values.ts'
export type { Composition, Of } from './module/composition.ts'
export type {
  Change,
  Command,
  Extra,
  Job,
  Listener,
  Migration,
  Module,
  Page,
  RawDatabase,
  Reply,
  Request,
  Route,
  Settings,
  UploadedFile,
} from './module/module.ts'
export { after, command, defineModule, html, job, leave, migration, on, page, redirect, route, settings } from './module/module.ts'
export {
  isExtensible,
  type OwnField,
  type OwnFieldDefinition,
  type OwnFieldType,
  type OwnText,
  ownFieldDefinition,
  ownFieldTypes,
} from './module/own-field.ts'
export type { Access } from './records/access.ts'
export { readableField } from './records/asked.ts'
export type {
  ClauseTruth,
  ComparedTruth,
  ExplainedRule,
  Explanation,
  ExplanationAsk,
  FieldRights,
  WhoMay,
} from './records/explanation.ts'
export type { GroupRow, HistoryEntry, Records } from './records/records.ts'
export type { Watched, WatchedStatement } from './records/watched.ts'
export type { Client, Identity, KnownKey, KnownSession, ServiceClass, Services } from './service/services.ts'
export {
  filterCode,
  groupCode,
  groupingCode,
  helpCode,
  labelOf,
  linkCode,
  optionCode,
  pluralCode,
  settingCode,
  shownCode,
} from './texts/codes.ts'
export { type Sentence, saying, spoken, textIn } from './texts/words.ts'
export { type Card, type CardKind, card } from './view/card.ts'
export type {
  ComposedCalendar,
  ComposedConversation,
  ComposedGraph,
  ComposedKanban,
  ComposedList,
  ComposedPivot,
  Node,
  Screens,
  Shown,
} from './view/composed.ts'
export type { Destination, Menu } from './view/destination.ts'
export { menu, show } from './view/destination.ts'
export type { Deed, PartOrigin } from './view/origins.ts'
export { type Patch, type PatchedForm, patch, patchView } from './view/patch.ts'
export type { Template } from './view/templates.ts'
export type { As, CalendarView, Chart, FormView, GraphView, KanbanView, ListView, PivotView, SearchView, Tone } from './view/view.ts'
export { calendar, form, graph, kanban, list, pivot, search } from './view/view.ts'
