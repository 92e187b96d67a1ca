/** The fields of a composed model: its own, then what each layer adds, then what every model keeps. */
import { type BootProblem, nearest } from '../errors.ts'
import { type BuilderOptions, isLong, optionsOf, scalarType, unknownType } from './builder-options.ts'
import type { Layer, Mutable } from './layer.ts'
import {
  type AggregateOf,
  type FieldMeta,
  type ManyField,
  type ModelMeta,
  type Models,
  type OneField,
  type ScalarField,
  type ScalarType,
  systemFields,
} from './meta.ts'
import { labelFrom, snake } from './naming.ts'
import type { FieldTraits, Given, Unique } from './types.ts'

/** Adds them to a model whose shell is made; `models` are all shells, which relations point at. */
export function addFields(meta: Mutable<ModelMeta>, layers: readonly Layer[], models: Models, problems: BootProblem[]): void {
  const fields = meta.fields as Map<string, FieldMeta>
  const scalar = (name: string, type: ScalarType, more: Partial<ScalarField> = {}): ScalarField => ({
    ...common(name, meta, meta.module, {}),
    kind: 'scalar',
    type,
    long: false,
    nullable: false,
    column: snake(name),
    values: undefined,
    options: {},
    default: undefined,
    hasDefault: true,
    sql: undefined,
    from: undefined,
    aggregate: undefined,
    sequence: undefined,
    readonly: true,
    ...more,
  })
  fields.set('id', scalar('id', 'uuid'))
  for (const layer of layers) {
    for (const [name, builder] of Object.entries(layer.fields)) {
      const existing = fields.get(name)
      if (existing || systemFields.has(name)) {
        problems.push({
          code: 'field.duplicate',
          module: layer.module,
          sentence: existing
            ? `"${layer.module}" adds the field "${name}" to "${meta.name}", where "${existing.module}" has it already.`
            : `"${layer.module}" declares the field "${name}" of "${meta.name}", which every model keeps by itself.`,
          hint: existing ? `Start the name with the addon's own prefix.` : 'Leave the declaration out.',
        })
        continue
      }
      const traits = mergedTraits(name, layers)
      const options = optionsOf(builder)
      const unknown = unknownType(options)
      if (unknown !== undefined) {
        problems.push({
          code: 'field.unknown_type',
          module: layer.module,
          sentence: `The field "${name}" of "${meta.name}" is of the type ${unknown}, which no column keeps.`,
          hint: 'Known are string, text, integer, float, decimal, boolean, datetime, date, enum, uuid, json and array.',
        })
        continue
      }
      const field = fieldOf(name, options, traits, meta, layer.module, models)
      if (field) {
        fields.set(name, field)
        if (options.index) meta.indexes = [...meta.indexes, { of: [name] }]
        if (options.unique)
          (meta.unique as Map<string, Unique<any>>).set(name, {
            of: [name],
            else: `There is already a ${meta.label.toLowerCase()} with this ${field.label.toLowerCase()}.`,
          })
      } else
        problems.push({
          code: 'field.unknown_target',
          module: layer.module,
          sentence: `The field "${name}" of "${meta.name}" refers to a model that no installed module declares.`,
          hint: 'List the model under models of its module; if the module is another one, add it to depends.',
        })
    }
  }
  for (const layer of layers) {
    for (const name of Object.keys(layer.traits.fields ?? {})) {
      // A field that could not be made is told already.
      if (fields.has(name) || systemFields.has(name) || layers.some((each) => name in each.fields)) continue
      const near = nearest(name, fields.keys())
      problems.push({
        code: 'field.unknown',
        module: layer.module,
        sentence: `"${layer.module}" describes the field "${name}" of "${meta.name}", which has no such field.`,
        hint: near ? `Did you mean "${near}"?` : undefined,
      })
    }
  }
  fields.set('version', scalar('version', 'integer', { default: 1 }))
  for (const name of ['createdAt', 'updatedAt']) fields.set(name, scalar(name, 'datetime'))
  for (const name of ['createdBy', 'updatedBy']) {
    fields.set(
      name,
      models.actor
        ? {
            ...common(name, meta, meta.module, {}),
            kind: 'one',
            nullable: true,
            column: `${snake(name)}_id`,
            target: models.actor,
            where: undefined,
            // People are deactivated, not removed, and each write would check two more rows.
            constrained: false,
            removedWith: false,
            hasDefault: true,
            readonly: true,
          }
        : scalar(name, 'uuid', { nullable: true, column: `${snake(name)}_id` }),
    )
  }
}

/** A to-many that names the other side's field learns from it what connects the two tables. */
export function resolveInverses(meta: ModelMeta, problems: BootProblem[]): void {
  for (const field of meta.fields.values()) {
    if (field.kind !== 'many' || !field.mappedBy) continue
    const other = field.target.fields.get(field.mappedBy)
    if (other?.kind === 'many' && other.pivot) {
      ;(field as Mutable<ManyField>).pivot = { table: other.pivot.table, own: other.pivot.other, other: other.pivot.own }
      ;(field as Mutable<ManyField>).mappedBy = undefined
    } else if (other?.kind !== 'one' || other.target !== meta) {
      problems.push({
        code: 'field.unknown_inverse',
        module: field.module,
        sentence: `The field "${field.name}" of "${meta.name}" is mapped by "${field.mappedBy}", which is no relation of "${field.target.name}" to "${meta.name}".`,
        hint: inverseHint(field.target, meta),
      })
    }
  }
}

function inverseHint(target: ModelMeta, meta: ModelMeta): string {
  const fitting = [...target.fields.values()].filter(
    (field) => field.kind === 'one' && field.target === meta && !systemFields.has(field.name),
  )
  return fitting.length > 0
    ? `It can be mapped by ${fitting.map(({ name }) => `"${name}"`).join(' or ')}.`
    : `Give "${target.name}" a p.manyToOne field to "${meta.name}" first.`
}

/** Traits of one field, the later layer winning attribute by attribute. */
function mergedTraits(name: string, layers: readonly Layer[]): FieldTraits<any, any> {
  return Object.assign({}, ...layers.map((layer) => layer.traits.fields?.[name] ?? {}))
}

function common(name: string, model: ModelMeta, module: string, traits: FieldTraits<any, any>) {
  return {
    name,
    model,
    module,
    label: traits.label ?? labelFrom(name),
    help: traits.help,
    nullable: false,
    valid: traits.valid,
    tracked: traits.tracked ?? false,
    required: traits.required as true | object | undefined,
    readonly: traits.readonly as true | object | undefined,
    only: traits.only,
    confirmed: traits.confirmed ?? false,
    quiet: traits.quiet ?? false,
    copied: traits.copy !== false,
    suggest: traits.suggest as Given<any, any> | undefined,
    compute: traits.compute as Given<any, any> | undefined,
    /** Lazy: an action's file imports the model's file, so the actions exist only after both ran. */
    get through() {
      return traits.through?.() ?? []
    },
  }
}

function fieldOf(
  name: string,
  options: BuilderOptions,
  traits: FieldTraits<any, any>,
  model: ModelMeta,
  module: string,
  models: Models,
): FieldMeta | undefined {
  const base = common(name, model, module, traits)
  const target = options.entity && models.all.find((each) => each.handle === options.entity!())
  if (options.entity && !target) return undefined
  if (options.kind === 'm:1' && target) {
    return withLazyThrough<OneField>(base, {
      kind: 'one',
      nullable: options.nullable ?? false,
      column: `${snake(name)}_id`,
      target,
      where: traits.where as OneField['where'],
      constrained: options.createForeignKeyConstraint ?? true,
      removedWith: traits.removedWith === true,
      hasDefault: false,
    })
  }
  if (target) {
    const owned = options.kind === 'm:n' && !options.mappedBy
    return withLazyThrough<ManyField>(base, {
      kind: 'many',
      nullable: true,
      target,
      mappedBy: options.mappedBy,
      owned,
      where: traits.where as ManyField['where'],
      pivot: owned
        ? {
            table: `${model.table}_${snake(name)}`,
            own: `${model.table}_id`,
            other: target === model ? `${snake(name)}_id` : `${target.table}_id`,
          }
        : undefined,
    })
  }
  const virtual = options.persist === false
  const sequence = typeof traits.sequence === 'string' ? { format: traits.sequence, gapFree: false } : traits.sequence
  return withLazyThrough<ScalarField>(base, {
    kind: 'scalar',
    type: scalarType(options),
    long: isLong(options),
    nullable: options.nullable ?? virtual,
    column: virtual ? undefined : snake(name),
    values: options.items,
    options: { ...Object.fromEntries((options.items ?? []).map((item) => [item, labelFrom(item)])), ...traits.options },
    default: options.default,
    hasDefault: options.default !== undefined || options.defaultRaw !== undefined || sequence !== undefined,
    sql: traits.sql,
    from: traits.from?.split('.'),
    aggregate: aggregateOf(traits),
    sequence,
  })
}

function aggregateOf({ count, min, max }: FieldTraits<any, any>): AggregateOf | undefined {
  if (typeof count === 'string') return { of: count, extreme: undefined, where: undefined }
  if (count) return { of: count.of, extreme: undefined, where: count.where }
  const extreme = min ?? max
  return extreme && { of: extreme.of, extreme: { as: min ? 'min' : 'max', field: extreme.field }, where: extreme.where }
}

/** Spreading would run the getter of `through`; this keeps it. */
function withLazyThrough<F extends FieldMeta>(base: object, rest: Partial<F>): F {
  return Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(base), ...Object.getOwnPropertyDescriptors(rest) }) as F
}
