/** Fields that administrators added, as the module that answers for them declares fields: extensions, patches and texts. */
import { BootFailure, type BootProblem } from '../errors.ts'
import { declarationOf, type Extension, given, p } from '../model/define.ts'
import { snake } from '../model/naming.ts'
import type { Erased, FieldTraits, Index, Model } from '../model/types.ts'
import { literal } from '../texts/declared.ts'
import type { AppliedOperation, Patch, SearchChange } from '../view/patch.ts'
import type { LoadedModule } from './composition.ts'
import { type OwnField, type OwnFieldDefinition, type OwnText, ownFieldsModule } from './own-field.ts'

/**
 * The modules with these fields; those of models that are not there are left out, and those that are `hidden` too unless they are
 * asked for. Throws a BootFailure where a module has come to need the same column.
 */
export function withOwnFields(
  loaded: readonly LoadedModule[],
  fields: readonly OwnField[],
  { hidden = false }: { readonly hidden?: boolean } = {},
): readonly LoadedModule[] {
  const own = loaded.find(({ declaration }) => declaration.name === ownFieldsModule)
  if (!own) return loaded
  const others = loaded.filter((one) => one !== own)
  const handles = new Map(others.flatMap(({ declaration }) => declaration.models.map((model) => [declarationOf(model).name, model])))
  const wanted = fields.filter(
    ({ model, definition }) =>
      handles.has(model) && (definition.to === undefined || handles.has(definition.to)) && (hidden || !definition.hidden),
  )
  const problems = wanted.flatMap((field) => collision(field, handles.get(field.model)!, others))
  if (problems.length > 0) throw new BootFailure(problems)
  const models = [...new Set(wanted.map(({ model }) => model))].sort()
  const of = (model: string) => wanted.filter((field) => field.model === model)
  const declaration = {
    ...own.declaration,
    extends: [...own.declaration.extends, ...models.map((model) => extensionOf(handles.get(model)!, of(model), handles))],
    views: [...own.declaration.views, ...models.map((model) => patchOf(handles.get(model)!, of(model)))],
  }
  // They stand on what all others make.
  return [...others, { ...own, declaration, texts: textsOf(wanted) }]
}

/** The column of an own field. */
export function ownColumn({ name, definition }: Pick<OwnField, 'name' | 'definition'>): string {
  return definition.type === 'relation' ? `${name}_id` : name
}

function collision(field: OwnField, handle: Model, others: readonly LoadedModule[]): BootProblem[] {
  const layers = others.flatMap(({ declaration }) => [
    ...(declaration.models.includes(handle) ? [{ module: declaration.name, fields: declarationOf(handle).fields }] : []),
    ...declaration.extends.filter(({ model }) => model === handle).map(({ fields }) => ({ module: declaration.name, fields })),
  ])
  return layers.flatMap(({ module, fields }) =>
    Object.keys(fields)
      .filter((name) => name === field.name || [snake(name), `${snake(name)}_id`].includes(ownColumn(field)))
      .map((name) => ({
        code: 'field.own_exists',
        module,
        sentence: `"${module}" brings the field "${name}" to "${field.model}", where an administrator has added the field "${field.name}" already.`,
        hint: `Remove that one first, its values go into an archive: tessera field remove ${field.model} ${field.name}`,
      })),
  )
}

function extensionOf(model: Model, fields: readonly OwnField[], handles: ReadonlyMap<string, Model>): Extension {
  return {
    model,
    fields: Object.fromEntries(fields.map(({ name, definition }) => [name, builderOf(definition, handles)])),
    traits: {
      fields: Object.fromEntries(fields.map(({ name, definition }) => [name, traitsOf(definition)])),
      indexes: fields.filter(({ definition }) => isIndexed(definition)).map(({ name }): Index<Erased> => ({ of: [name] })),
    },
  }
}

/** Every column may be empty: records that are there already have no value. */
function builderOf({ type, choices = [], to = '' }: OwnFieldDefinition, handles: ReadonlyMap<string, Model>): unknown {
  if (type === 'relation') return () => p.manyToOne(handles.get(to)! as never).nullable()
  if (type === 'choice') return p.enum(choices.map(({ value }) => value)).nullable()
  const plain = {
    text: p.string,
    long: p.text,
    integer: p.integer,
    decimal: p.decimal,
    boolean: p.boolean,
    date: p.date,
    datetime: p.datetime,
  }
  return plain[type]().nullable()
}

function traitsOf(definition: OwnFieldDefinition): FieldTraits<Erased, Erased> {
  const { label, help, choices, required, tracked = true, default: value } = definition
  return {
    label: inEnglish(label),
    ...(help && { help: inEnglish(help) }),
    tracked,
    ...(required && { required: true as const }),
    ...(choices && { options: Object.fromEntries(choices.map((each) => [each.value, inEnglish(each.label)])) }),
    // Not the column's default, which would also fill the records that are there already.
    ...(value !== undefined && {
      suggest: Object.assign(
        given<Erased, never, unknown>([], () => value),
        { value },
      ),
    }),
  } as FieldTraits<Erased, Erased>
}

/** A relation has an index anyhow, for the sake of the record that it names. */
function isIndexed({ type, filter }: OwnFieldDefinition): boolean {
  return (filter ?? false) && type !== 'relation'
}

function inEnglish(texts: OwnText): string {
  return texts.en ?? Object.values(texts)[0] ?? ''
}

function patchOf(model: Model, fields: readonly OwnField[]): Patch {
  const place = (names: readonly OwnField[], kind: 'form' | 'list'): AppliedOperation[] =>
    names.map(({ name, definition }) => ({
      place: (kind === 'form' && definition.form) || {},
      insert: [
        kind === 'form'
          ? { field: name, wide: definition.type === 'long' }
          : { field: name, optional: definition.list ? 'shown' : 'hidden' },
      ],
    }))
  const named = (wanted: (of: OwnFieldDefinition) => boolean | undefined) =>
    fields.filter(({ definition }) => wanted(definition)).map(({ name }) => name)
  const chosen = named(({ filter, type }) => filter && ['choice', 'relation'].includes(type))
  const dates = named(({ filter, type }) => filter && (type === 'date' || type === 'datetime'))
  const flags = named(({ filter, type }) => filter && type === 'boolean')
  const search: SearchChange<Erased> = {
    texts: named((each) => each.search),
    filters: Object.fromEntries(flags.map((name) => [name, { [name]: true }])),
    groups: [...chosen, ...flags, ...dates.map((name) => `${name}:month`)],
    facets: chosen,
  }
  return {
    kind: 'patch',
    model,
    view: undefined,
    form: place(fields, 'form'),
    // Whoever looks at a list may show the others too, and take them out as a file.
    list: place(
      fields.filter(({ definition }) => definition.type !== 'long'),
      'list',
    ),
    kanban: [],
    pivot: [],
    graph: [],
    calendar: [],
    search: [search],
  }
}

/** Locale -> code -> message, by the codes that every catalogue uses. */
function textsOf(fields: readonly OwnField[]): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const texts = new Map<string, Map<string, string>>()
  const add = (code: string, of: OwnText): void => {
    for (const [locale, message] of Object.entries(of)) {
      const catalogue = texts.get(locale) ?? new Map<string, string>()
      texts.set(locale, catalogue.set(code, literal(message)))
    }
  }
  for (const { model, name, definition } of fields) {
    const code = `${model}.field.${name}`
    const { label, help = {}, choices = [], filter } = definition
    add(code, label)
    add(`${code}.help`, help)
    for (const { value, label: said } of choices) add(`${code}.${value}`, said)
    if (filter) for (const what of [`filter.${name}`, `grouping.${name}`]) add(`${model}.${what}`, label)
    add(`${model}.group.${moreGroup}`, moreTexts)
  }
  return texts
}

/** Where fields stand that nobody gave a place. */
const moreGroup = 'more'
const moreTexts: OwnText = { en: 'More', fr: 'Autres informations', ar: 'معلومات أخرى' }
