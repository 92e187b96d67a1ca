/** From declarations to composed models: the owner's layer, then each extension's in the order of the modules. */
import type { BootProblem } from '../errors.ts'
import type { LoadedModule, Of } from '../module/composition.ts'
import { addFields, resolveInverses } from './compose-fields.ts'
import { type Declared, declarationOf, type Extension, given, isGiven } from './define.ts'
import type { Layer, Mutable } from './layer.ts'
import type { ModelMeta, Models } from './meta.ts'
import { labelFrom, pluralOf, snake } from './naming.ts'
import type { Direction, Given, Model, Traits } from './types.ts'

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
