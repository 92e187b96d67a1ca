/** From declarations to composed models: the owner's layer, then each extension's in the order of the modules. */
import type { BootProblem } from '../errors.ts'
import { nearest } from '../errors.ts'
import type { LoadedModule, Of } from '../module/composition.ts'
import { type Declared, declarationOf, type Extension, given, isGiven } from './define.ts'
import type { FieldMeta, ManyField, ModelMeta, Models, OneField, ScalarField, ScalarType } from './meta.ts'
import type { Direction, FieldTraits, Given, Model, Traits, Unique } from './types.ts'

interface Layer {
  readonly module: string
  readonly fields: Readonly<Record<string, any>>
  readonly traits: Traits<any>
}
/** What MikroORM's property builders gather. */
interface BuilderOptions {
  readonly kind?: 'm:1' | '1:m' | 'm:n'
  readonly type?: { readonly name: string } | { readonly constructor: { readonly name: string } }
  readonly entity?: () => unknown
  readonly mappedBy?: string
  readonly nullable?: boolean
  readonly persist?: boolean
  readonly enum?: boolean
  readonly items?: readonly string[]
  readonly default?: unknown
  readonly defaultRaw?: string
  readonly comment?: string
  readonly index?: boolean
  readonly unique?: boolean
  readonly length?: number
  readonly createForeignKeyConstraint?: boolean
}
type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Composes the models of a set of modules in their order; what is wrong goes into `problems`. */
export function composeModels(
  modules: readonly LoadedModule[],
  problems: BootProblem[],
): { readonly models: Models; readonly extensions: readonly Of<Extension>[] } {
  const extensions = modules.flatMap(({ declaration }) => declaration.extends.map((each) => ({ ...each, module: declaration.name })))
  const metas = new Map<Model, Mutable<ModelMeta>>()
  const names = new Map<string, string>()
  const layersOf = new Map<Model, readonly Layer[]>()

  for (const { declaration } of modules) {
    for (const handle of declaration.models) {
      const own = declarationOf(handle)
      const owner = names.get(own.name)
      if (owner) {
        problems.push({
          code: 'model.duplicate',
          module: declaration.name,
          sentence: `The model "${own.name}" is declared by "${owner}" and by "${declaration.name}".`,
          hint: 'Give one of them another name, or extend the one that exists.',
        })
        continue
      }
      names.set(own.name, declaration.name)
      const layers = [{ module: declaration.name, ...own }, ...extensions.filter((each) => each.model === handle)]
      layersOf.set(handle, layers)
      metas.set(handle, shell(handle, own, declaration.name, layers))
    }
  }
  for (const extension of extensions) {
    if (metas.has(extension.model)) continue
    problems.push({
      code: 'model.not_installed',
      module: extension.module,
      sentence: `"${extension.module}" extends the model "${extension.model.name}", which no installed module declares.`,
      hint: 'List the model under models of its module; if the module is another one, add it to depends.',
    })
  }
  const models = indexed([...metas.values()])
  for (const [handle, meta] of metas) addFields(meta, layersOf.get(handle)!, models, problems)
  for (const meta of metas.values()) resolveInverses(meta, problems)
  return { models, extensions }
}

function indexed(all: readonly ModelMeta[]): Models {
  const byHandle = new Map(all.map((meta) => [meta.handle, meta]))
  const byName = new Map(all.map((meta) => [meta.name, meta]))
  const byPath = new Map(all.map((meta) => [meta.path, meta]))
  return {
    all,
    byName: (name) => byName.get(name),
    byPath: (path) => byPath.get(path),
    of(handle) {
      const found = byHandle.get(handle)
      if (!found) throw new TypeError(`The model "${handle.name}" belongs to no installed module.`)
      return found
    },
    actor: all.find((meta) => meta.actor),
    journal: all.find((meta) => meta.journal),
  }
}

/** Everything of a model but its fields, which need all the shells to point at. */
function shell(handle: Model, own: Declared, module: string, layers: readonly Layer[]): Mutable<ModelMeta> {
  const last = <K extends keyof Traits<any>>(key: K): Traits<any>[K] | undefined =>
    layers.findLast((layer) => layer.traits[key] !== undefined)?.traits[key]
  const byName = (key: 'checks' | 'unique' | 'ddl'): Map<string, any> =>
    new Map(
      layers.flatMap((layer) =>
        Object.entries((layer.traits[key] ?? {}) as Record<string, object>).map(
          ([name, value]) => [name, { ...value, module: layer.module }] as const,
        ),
      ),
    )
  const label = last('label') ?? labelFrom(own.name)
  const plural = last('plural') ?? pluralOf(label)
  return {
    name: own.name,
    handle,
    module,
    table: snake(own.name),
    label,
    plural,
    path: pluralOf(snake(own.name).replaceAll('_', '-')),
    icon: last('icon'),
    fields: new Map(),
    title: titleOf(last('title'), layers),
    code: last('code') as string | undefined,
    order: Object.entries((last('order') ?? { createdAt: 'desc' }) as Record<string, Direction>).map(([path, direction]) => ({
      path,
      direction,
    })),
    checks: byName('checks'),
    unique: byName('unique'),
    ddl: byName('ddl'),
    indexes: layers.flatMap((layer) => (layer.traits.indexes ?? []) as unknown as ModelMeta['indexes']),
    around: layers.flatMap((layer) => (layer.traits.around ? [layer.traits.around] : [])),
    guards: layers.flatMap((layer) => (layer.traits.guard ? [layer.traits.guard] : [])),
    confirmed: last('confirmed') ?? false,
    exposed: last('exposed') ?? true,
    appendOnly: last('appendOnly') ?? false,
    within: layers.flatMap((layer) => (layer.traits.within ?? []) as readonly string[]),
    announced: last('announced') ?? false,
    personal: last('personal') ?? false,
    actor: last('actor') ?? false,
    journal: last('journal') ?? false,
    traits: Object.assign({}, ...layers.map((layer) => layer.traits)),
  }
}

function titleOf(title: string | Given<any, string> | undefined, layers: readonly Layer[]): Given<any, string> {
  if (isGiven(title)) return title
  const names = layers.flatMap((layer) => Object.keys(layer.fields))
  const field = (title as string | undefined) ?? ['name', 'title', 'label', 'number', 'subject'].find((name) => names.includes(name))
  return field
    ? { ...given<any, string, string>([field], (seen) => String((seen as Record<string, unknown>)[field] ?? '')), field }
    : given<any, string, string>([], (seen) => String((seen as { id: string }).id))
}

/** Every model keeps these; no module declares them. */
const kept = new Set(['id', 'version', 'createdAt', 'updatedAt', 'createdBy', 'updatedBy'])

function addFields(meta: Mutable<ModelMeta>, layers: readonly Layer[], models: Models, problems: BootProblem[]): void {
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
    count: undefined,
    sequence: undefined,
    readonly: true,
    ...more,
  })
  fields.set('id', scalar('id', 'uuid'))
  for (const layer of layers) {
    for (const [name, builder] of Object.entries(layer.fields)) {
      const existing = fields.get(name)
      if (existing || kept.has(name)) {
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
      const options: BuilderOptions = (typeof builder === 'function' ? builder() : builder)['~options']
      if (!options.entity && !options.enum && !(typeNameOf(options) in scalarTypes)) {
        problems.push({
          code: 'field.unknown_type',
          module: layer.module,
          sentence: `The field "${name}" of "${meta.name}" is of the type ${typeNameOf(options).replace(/Type$/, '')}, which no column keeps.`,
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
      if (fields.has(name) || kept.has(name) || layers.some((each) => name in each.fields)) continue
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
            hasDefault: true,
            readonly: true,
          }
        : scalar(name, 'uuid', { nullable: true, column: `${snake(name)}_id` }),
    )
  }
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
  const count = traits.count as string | { of: string; where?: object } | undefined
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
    count:
      count === undefined ? undefined : typeof count === 'string' ? { of: count, where: undefined } : { of: count.of, where: count.where },
    sequence,
  })
}

/** Spreading would run the getter of `through`; this keeps it. */
function withLazyThrough<F extends FieldMeta>(base: object, rest: Partial<F>): F {
  return Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(base), ...Object.getOwnPropertyDescriptors(rest) }) as F
}

const scalarTypes: Readonly<Record<string, ScalarType>> = {
  StringType: 'string',
  TextType: 'text',
  IntegerType: 'integer',
  SmallIntType: 'integer',
  FloatType: 'float',
  DoubleType: 'float',
  DecimalType: 'decimal',
  BooleanType: 'boolean',
  DateTimeType: 'datetime',
  DateType: 'date',
  UuidType: 'uuid',
  JsonType: 'json',
  ArrayType: 'texts',
}
function scalarType(options: BuilderOptions): ScalarType {
  if (options.enum) return 'enum'
  if (isTranslated(options)) return 'translated'
  return scalarTypes[typeNameOf(options)] ?? 'json'
}
function isTranslated({ comment }: BuilderOptions): boolean {
  return comment === 'translated' || comment === 'translated text'
}
function isLong(options: BuilderOptions): boolean {
  return isTranslated(options) ? options.comment === 'translated text' : scalarType(options) === 'text'
}
function typeNameOf({ type }: BuilderOptions): string {
  return (typeof type === 'function' ? (type as { name: string }).name : type?.constructor.name) ?? ''
}

/** A to-many that names the other side's field learns from it what connects the two tables. */
function resolveInverses(meta: ModelMeta, problems: BootProblem[]): void {
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
  const fitting = [...target.fields.values()].filter((field) => field.kind === 'one' && field.target === meta && !kept.has(field.name))
  return fitting.length > 0
    ? `It can be mapped by ${fitting.map(({ name }) => `"${name}"`).join(' or ')}.`
    : `Give "${target.name}" a p.manyToOne field to "${meta.name}" first.`
}

export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter, at: number) => (at ? '_' : '') + letter.toLowerCase())
}
/** `dueAt` -> "Due at". */
export function labelFrom(name: string): string {
  const words = name.replace(/[_-]/g, ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
export function pluralOf(word: string): string {
  if (/(s|x|z|ch|sh)$/.test(word)) return `${word}es`
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`
}
