/** What models and extensions say in their traits, compared with the composed models. */
import { checkCondition, checkGiven } from '../check/conditions.ts'
import { checkPath, checkRole, didYouMean, installed, type Scope } from '../check/faults.ts'
import { declarationOf, isGiven } from '../model/define.ts'
import { type FieldMeta, isInDatabase, type ModelMeta, type ScalarField } from '../model/meta.ts'
import type { Erased, FieldTraits, Model, Traits } from '../model/types.ts'
import type { Composition } from './composition.ts'
import { orderByNeeds, saidAsNeeds } from './order.ts'

type AnyTraits = Traits<Erased>
type AnyFieldTraits = FieldTraits<Erased, Erased>

/** Each layer of traits is checked for the module that wrote it. */
export function checkModels(composition: Composition, scopes: (module: string) => Scope): void {
  const { models, modules, extensions } = composition
  const check = (module: string, handle: Model, traits: AnyTraits) => {
    const model = installed(models, handle)
    if (model) checkTraits(scopes(module), model, traits, composition)
  }
  for (const { declaration } of modules)
    for (const handle of declaration.models) check(declaration.name, handle, declarationOf(handle).traits)
  for (const { module, model, traits } of extensions) check(module, model, traits)
  for (const model of models.all) {
    checkNeeds(model, composition, scopes)
    for (const field of model.fields.values()) {
      checkAddedColumn(field, scopes)
      checkLasting(field, scopes)
    }
  }
}

function checkTraits(scope: Scope, model: ModelMeta, traits: AnyTraits, composition: Composition): void {
  const of = `of "${model.name}"`
  const named = (path: string, what: string) => checkPath(scope, 'model', model, path, what)
  if (isGiven(traits.title)) checkGiven(scope, 'model', model, traits.title, `The title ${of}`)
  else if (traits.title !== undefined) named(String(traits.title), `The title ${of} is`)
  if (traits.code !== undefined) named(String(traits.code), `The code ${of} is`)
  for (const path of Object.keys(traits.order ?? {})) named(path, `The order ${of} names`)
  for (const name of traits.within ?? []) {
    if (model.fields.get(String(name))?.kind !== 'one')
      scope.report('model.no_within', `The records ${of} are within "${String(name)}", which is no relation to one record.`)
  }
  for (const [name, check] of Object.entries(traits.checks ?? {})) {
    checkGiven(scope, 'model', model, check.holds, `The check "${name}" ${of}`)
    checkSentence(scope, model, check.else, `The sentence of the check "${name}" ${of}`)
  }
  for (const [name, unique] of Object.entries(traits.unique ?? {})) {
    for (const field of unique.of) named(field, `The unique "${name}" ${of} names`)
    checkSentence(scope, model, unique.else, `The sentence of the unique "${name}" ${of}`)
  }
  for (const index of traits.indexes ?? []) {
    for (const path of index.of) named(path, `An index ${of} names`)
    checkCondition(scope, 'model', model, index.where, `An index ${of}`)
  }
  for (const [name, field] of Object.entries<AnyFieldTraits | undefined>(traits.fields ?? {})) {
    const meta = model.fields.get(name)
    if (meta && field) checkFieldTraits(scope, model, meta, field, composition)
  }
}

/** A placeholder that no field fills would be read by people as it is written. */
function checkSentence(scope: Scope, model: ModelMeta, sentence: string, where: string): void {
  for (const [, name = ''] of sentence.matchAll(/\{(\w+)[,}]/g)) {
    if (model.fields.has(name)) continue
    const hint = didYouMean(name, model.fields.keys())
    scope.report('model.unknown_placeholder', `${where} has the placeholder "{${name}}", but "${model.name}" has no such field.`, hint)
  }
}

function checkFieldTraits(scope: Scope, model: ModelMeta, meta: FieldMeta, traits: AnyFieldTraits, composition: Composition): void {
  const of = `of "${model.name}.${meta.name}"`
  for (const key of ['suggest', 'compute'] as const)
    if (traits[key]) checkGiven(scope, 'model', model, traits[key], `The trait ${key} ${of}`)
  for (const key of ['required', 'readonly'] as const)
    if (traits[key]) checkGiven(scope, 'model', model, traits[key], `The trait ${key} ${of}`)
  if (traits.from !== undefined) checkPath(scope, 'model', model, traits.from, `The trait from ${of} names`)
  for (const key of ['count', 'min', 'max'] as const)
    if (traits[key] !== undefined) checkAggregate(scope, model, traits[key], `The trait ${key} ${of}`)
  if (traits.where !== undefined && meta.kind !== 'scalar')
    checkGiven(scope, 'model', model, traits.where, `The trait where ${of}`, meta.target)
  if (traits.removedWith && model.appendOnly) {
    const sentence = `The records ${of.replace(/\.[^.]*$/, '"')} are only ever added, but "${meta.name}" says that they are removed with another.`
    scope.report('field.never_removed', sentence, 'Leave removedWith out, or let the records be removed.')
  }
  for (const role of traits.only ?? []) checkRole(scope, role, `"${meta.name}" of "${model.name}" is only for`)
  checkThrough(scope, model, meta, traits, composition)
}

function checkAggregate(
  scope: Scope,
  model: ModelMeta,
  trait: string | { readonly of: string; readonly field?: string; readonly where?: object },
  where: string,
): void {
  const { of, field: name, where: condition } = typeof trait === 'string' ? { of: trait } : trait
  const many = checkPath(scope, 'model', model, of, `${where} is of`)
  if (!many) return
  if (many.kind !== 'many') {
    scope.report('model.no_aggregate', `${where} is of "${of}", which is no relation to many records.`)
    return
  }
  checkCondition(scope, 'model', many.target, condition, where)
  const field = name === undefined ? undefined : checkPath(scope, 'model', many.target, name, `${where} is of`)
  if (!field || (field.kind === 'scalar' && isInDatabase(field) && hasOrder(field))) return
  scope.report('model.no_aggregate', `${where} is of "${name}", whose values have no least and no greatest in the database.`)
}

/** Whether PostgreSQL knows the least and the greatest of its values. */
const hasOrder = ({ type }: ScalarField): boolean => !['json', 'texts', 'boolean', 'uuid', 'enum'].includes(type)

/** An owning action that is not installed would leave the field to nobody. */
function checkThrough(scope: Scope, model: ModelMeta, meta: FieldMeta, traits: AnyFieldTraits, composition: Composition): void {
  const known = composition.actions(model).map(({ name }) => name)
  for (const action of traits.through?.() ?? []) {
    if (action.model === model.handle && known.includes(action.name)) continue
    const sentence = `"${meta.name}" of "${model.name}" is written through the action "${action.name}", which no module declares for this model.`
    scope.report('field.unknown_action', sentence, didYouMean(action.name, known))
  }
}

/** Values that follow from each other in a circle would never come to rest. */
function checkNeeds(model: ModelMeta, { extensions }: Composition, scopes: (module: string) => Scope): void {
  const needs = new Map<string, string[]>()
  for (const { name, suggest, compute } of model.fields.values()) {
    const paths = [...(suggest?.needs ?? []), ...(compute?.needs ?? [])]
    needs.set(name, [...new Set(paths.map((path) => path.split('.')[0] ?? path))])
  }
  for (const cycle of orderByNeeds(needs).cycles) {
    // Who came last closed the circle.
    const module =
      extensions.findLast((each) => each.model === model.handle && cycle.some((name) => decides(each.traits, name)))?.module ?? model.module
    const sentence = `Fields of "${model.name}" follow from each other in a circle: ${saidAsNeeds(cycle)}.`
    scopes(module).report('field.needs_cycle', sentence, 'Let one of them be decided by the writer alone.')
  }
}

function decides(traits: AnyTraits, name: string): boolean {
  const field: AnyFieldTraits | undefined = traits.fields?.[name]
  return field?.suggest !== undefined || field?.compute !== undefined
}

/** A restored backup has no records of a fleeting model: none of another model may need one. */
function checkLasting(field: FieldMeta, scopes: (module: string) => Scope): void {
  const { model, module, name } = field
  if (field.kind !== 'one' || !field.constrained || field.target.traits.fleeting !== true || model.traits.fleeting === true) return
  const sentence = `"${name}" of "${model.name}" names a "${field.target.name}", whose records are fleeting: a restored backup has none of them.`
  scopes(module).report('field.fleeting', sentence, 'Let the model be fleeting too, or give the field .createForeignKeyConstraint(false).')
}

/** The table has rows already when an addon comes, and gets others while it is disabled: the database must have something to put into them. */
function checkAddedColumn(field: FieldMeta, scopes: (module: string) => Scope): void {
  const { model, module, name } = field
  if (module === model.module || field.kind === 'many' || field.nullable) return
  if (field.kind === 'scalar' && (field.column === undefined || field.sql !== undefined || field.default !== undefined)) return
  const sentence = `"${module}" adds the field "${name}" to "${model.name}", but existing records would have no value for it.`
  scopes(module).report('field.addon_not_nullable', sentence, 'Make it .nullable(), or give it a .default().')
}
