/** An administrator's fields in an operation: what they are afterwards, what speaks against it, what is written down. */
import { nearest } from '../errors.ts'
import type { ModelMeta } from '../model/meta.ts'
import { compose } from '../module/compose.ts'
import type { Composition, LoadedModule } from '../module/composition.ts'
import { isExtensible, type OwnField, ownFieldDefinition, ownFieldName, ownFieldsModule, ownFieldTexts } from '../module/own-field.ts'
import { ownColumn, withOwnFields } from '../module/with-own-fields.ts'
import type { Transaction } from '../records/transaction.ts'
import { hashOf } from './manifest.ts'
import type { DeclaredChange, Operation, OwnFieldChange, Refusal } from './plan.ts'
import { nearHint, refusal } from './refusal.ts'
import type { InstalledState } from './state.ts'
import type { Target } from './target.ts'

/** So many a model; a form with more helps nobody. */
const mostFields = 100

/** The fields after an operation. */
export function fieldsAfter(before: readonly OwnField[], { field }: Operation): readonly OwnField[] {
  if (!field) return before
  const isIt = (one: OwnField) => one.model === field.model && one.name === field.name
  if ('remove' in field) return before.filter((one) => !isIt(one))
  return before.some(isIt) ? before.map((one) => (isIt(one) ? field : one)) : [...before, field]
}

/** What is wrong with the field that an operation is about, before anything is composed with it. */
export function fieldRefusals(
  { field }: Operation,
  { fields }: InstalledState,
  target: Pick<Target, 'modules'>,
  enabled: readonly LoadedModule[],
): readonly Refusal[] {
  if (!field) return []
  if (!target.modules.some(({ name, state }) => name === ownFieldsModule && state === 'enabled'))
    return [
      refusal(
        'field.no_module',
        'Fields of your own need the module "{name}", which this database does not have.',
        { name: ownFieldsModule },
        'Install it with: tessera module install {name}',
      ),
    ]
  const there = fields.find(({ model, name }) => model === field.model && name === field.name)
  if ('remove' in field) return there ? [] : [unknownField(field, fields)]
  const composition = compose(withOwnFields(enabled, fields))
  const model = composition.models.byName(field.model)
  if (!model) return [unknownModel(field.model, composition)]
  const count = fields.filter((one) => one.model === field.model).length
  return [
    ...(isExtensible(model)
      ? []
      : [
          refusal(
            'field.not_extensible',
            'No fields can be added to "{model}": it is kept by the system, or it decides who may do what.',
            { model: model.name },
            'Choose a model that people work with.',
          ),
        ]),
    ...(there || count < mostFields
      ? []
      : [
          refusal(
            'field.too_many',
            '"{model}" has {count} fields of your own, and more are not possible.',
            { model: model.name, count },
            'Remove one that nobody needs.',
          ),
        ]),
    ...misfits(field, composition),
    ...(there ? changed(there, field) : taken(field, model)),
  ]
}

function unknownField({ model, name }: OwnFieldChange, fields: readonly OwnField[]): Refusal {
  const near = nearest(
    name,
    fields.filter((one) => one.model === model).map((one) => one.name),
  )
  return refusal(
    'field.no_own',
    '"{model}" has no field "{name}" that an administrator added.',
    { model, name, near },
    near ? nearHint : ['field.list_shows', 'tessera field list shows them.'],
  )
}

function unknownModel(name: string, { models }: Composition): Refusal {
  const near = nearest(
    name,
    models.all.filter(isExtensible).map((model) => model.name),
  )
  return refusal('field.no_model', 'There is no model "{name}".', { name, near }, near ? nearHint : undefined)
}

/** The definition by itself, and the model that it points at. */
function misfits({ name, definition }: OwnField, { models }: Composition): readonly Refusal[] {
  const named = ownFieldName.safeParse(name)
  const parsed = ownFieldDefinition.safeParse(definition)
  const issues = [...(named.error?.issues ?? []), ...(parsed.error?.issues ?? [])]
  if (issues.length > 0)
    return issues.map(({ message, path }) => {
      const where = path[0] === undefined || path[0] === 'definition' ? '' : ` (${path.map(String).join('.')})`
      const [reasonCode] = Object.entries(ownFieldTexts).find(([, text]) => text === message) ?? []
      return refusal('field.misfit', 'The field "{name}" cannot be made{where}: {reason}', { name, where, reason: message, reasonCode })
    })
  if (definition.to === undefined || models.byName(definition.to)?.exposed) return []
  const near = nearest(
    definition.to,
    models.all.filter(({ exposed }) => exposed).map((model) => model.name),
  )
  return [
    refusal(
      'field.no_target',
      '"{name}" cannot refer to "{to}": there is no such model that people see.',
      { name, to: definition.to, near },
      near ? nearHint : undefined,
    ),
  ]
}

/** A column keeps its type: its values could not follow. */
function changed(there: OwnField, { model, name, definition }: OwnField): readonly Refusal[] {
  const [before, after] = [there.definition, definition]
  if (before.type === after.type && before.to === after.to) return []
  return [
    refusal(
      'field.other_type',
      'The field "{name}" of "{model}" is "{before}" and cannot become "{after}".',
      { name, model, before: typeOf(before), after: typeOf(after) },
      'Add another field and remove this one.',
    ),
  ]
}

function typeOf({ type, to }: OwnField['definition']): string {
  return to === undefined ? type : `${type}: ${to}`
}

function taken(field: OwnField, model: ModelMeta): readonly Refusal[] {
  const column = ownColumn(field)
  const other = [...model.fields.values()].find((one) => one.name === field.name || (one.kind !== 'many' && one.column === column))
  if (!other) return []
  return [
    refusal(
      'field.taken',
      '"{model}" has the field "{other}" of "{module}" already, which needs the same column.',
      { model: model.name, other: other.name, module: other.module },
      'Choose another name.',
    ),
  ]
}

/** What only the database can tell: columns that were left behind, values that a choice would lose. */
export async function storedRefusals(
  transaction: Transaction,
  operation: Operation,
  state: InstalledState | undefined,
  model: ModelMeta | undefined,
): Promise<readonly Refusal[]> {
  const { field } = operation
  if (!field || 'remove' in field || !model) return []
  const column = ownColumn(field)
  const there = state?.fields.find((one) => one.model === field.model && one.name === field.name)
  const [known] = await transaction.run(
    'select 1 as there from information_schema.columns where table_schema = current_schema() and table_name = $1 and column_name = $2',
    [model.table, column],
  )
  if (!there && known)
    return [
      refusal(
        'field.left_column',
        'The table "{table}" still has a column "{column}" of something that was there before: its values are none of this field.',
        { table: model.table, column },
        'Drop what was left behind with tessera module purge, or choose another name.',
      ),
    ]
  if (!there || !known || field.definition.type !== 'choice') return []
  const values = field.definition.choices?.map(({ value }) => value) ?? []
  const used = await transaction.run(
    `select "${column}" as value, count(*)::int as rows from "${model.table}" where "${column}" <> all($1) group by 1 order by 1`,
    [values],
  )
  return used.map(({ value, rows }) =>
    refusal(
      'field.choice_in_use',
      'The choice "{value}" of "{name}" is still used by {rows} records of "{model}".',
      { model: model.name, value: String(value), name: field.name, rows: Number(rows) },
      'Give them another value first.',
    ),
  )
}

/** The field and the screens that show it, or showed it. */
export function fieldDeclared(
  { field }: Operation,
  state: InstalledState | undefined,
  { models, screens }: Composition,
  said: readonly DeclaredChange[],
): readonly DeclaredChange[] {
  if (!field) return []
  const there = state?.fields.find((one) => one.model === field.model && one.name === field.name)
  const isSame = there && 'definition' in field && hashOf(there.definition) === hashOf(field.definition)
  if (isSame) return []
  const change = 'remove' in field ? 'removed' : there ? 'changed' : 'added'
  const full = `${field.model}.${field.name}`
  const label = Object.values(('remove' in field ? there : field)?.definition.label ?? {})[0] ?? full
  const model = models.byName(field.model)
  const shownIn = model && 'definition' in field ? placesOf(screens(model), field.name) : []
  const all: DeclaredChange[] = [
    { kind: 'field', change, module: ownFieldsModule, name: full, label },
    ...shownIn.map((place): DeclaredChange => {
      const name = `${field.model}.${place}`
      return { kind: 'view', change: 'changed', module: ownFieldsModule, name, label: name }
    }),
  ]
  return all.filter((one) => !said.some((other) => other.kind === one.kind && other.name === one.name))
}

function placesOf({ form, list, search }: ReturnType<Composition['screens']>, name: string): readonly string[] {
  const inForm = (nodes: typeof form.of): boolean => nodes.some((node) => (node.node === 'field' ? node.field === name : inForm(node.of)))
  const isSearched = [...search.texts, ...search.facets, ...search.groups.map(String), ...search.filters.keys()].some(
    (each) => each === name || each.startsWith(`${name}:`),
  )
  return [
    ...(inForm(form.of) ? ['form'] : []),
    ...(list.of.some(({ field, optional }) => field === name && optional === 'shown') ? ['list'] : []),
    ...(isSearched ? ['search'] : []),
  ]
}

/** Writes down what administrators want; what belongs to models that are gone goes with them. */
export async function keepFields(
  transaction: Transaction,
  { field }: Operation,
  { models, modules }: Composition,
  actor: string | null,
): Promise<void> {
  if (field && 'remove' in field)
    await transaction.run('delete from tessera_field where model = $1 and name = $2', [field.model, field.name])
  else if (field)
    await transaction.run(
      `insert into tessera_field (model, name, definition, created_by) values ($1, $2, $3, $4)
       on conflict (model, name) do update set definition = excluded.definition`,
      [field.model, field.name, JSON.stringify(field.definition), actor],
    )
  const isThere = modules.some(({ declaration }) => declaration.name === ownFieldsModule)
  const names = isThere ? models.all.map(({ name }) => name) : []
  await transaction.run(`delete from tessera_field where model <> all($1) or (definition ->> 'to') <> all($1)`, [names])
}
