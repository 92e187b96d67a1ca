/** From packages on disk, or declarations in a test, to modules in order with their extras. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BootFailure, type BootProblem, nearest } from '../errors.ts'
import type { Patch } from '../view/patch.ts'
import type { View } from '../view/view.ts'
import { checkDependencies } from './check-dependencies.ts'
import type { LoadedModule, Package } from './composition.ts'
import { secondCopies } from './copies.ts'
import type { Extra, Module } from './module.ts'
import { orderByNeeds, saidAsNeeds } from './order.ts'

/**
 * Imports the wanted modules and all they depend on, in order, with the extras that apply. Throws a BootFailure with every
 * missing dependency and cycle, then with every module that cannot be imported or is no declaration.
 */
export async function loadModules(packages: readonly Package[], wanted: readonly string[]): Promise<readonly LoadedModule[]> {
  const ordered = inOrder(packages, wanted)
  const problems: BootProblem[] = [...secondCopies(ordered)]
  const loaded: LoadedModule[] = []
  for (const found of ordered) {
    const declaration = await importDeclaration(found, problems)
    if (declaration) loaded.push({ package: found, declaration })
  }
  // What disagrees often explains why the import failed.
  if (problems.length > 0) throw new BootFailure([...problems, ...checkDependencies(loaded)])
  return await withExtras(loaded)
}

/** The declarations and all they depend on, in order, as if they had been loaded from packages without files. */
export function fromDeclarations(declarations: readonly Module[]): readonly LoadedModule[] {
  const all = new Map<string, Module>()
  const gather = (declaration: Module): void => {
    if (all.has(declaration.name)) return
    all.set(declaration.name, declaration)
    declaration.depends.forEach(gather)
  }
  declarations.forEach(gather)
  const packages = [...all.values()].map(
    ({ name, depends }): Package => ({
      name,
      version: '0.0.0',
      description: '',
      folder: '',
      kind: 'module',
      depends: depends.map((on) => on.name),
    }),
  )
  return inOrder(packages, [...all.keys()]).map((found) => ({ package: found, declaration: all.get(found.name)! }))
}

/**
 * Merges into each declaration its extras for modules that are in the set, and lets these modules come first where nothing
 * speaks against it. Throws a BootFailure when an extra cannot be imported.
 */
export async function withExtras(loaded: readonly LoadedModule[]): Promise<readonly LoadedModule[]> {
  const problems: BootProblem[] = []
  const names = new Set(loaded.map(({ declaration }) => declaration.name))
  const merged: LoadedModule[] = []
  for (const one of loaded) {
    let { declaration } = one
    const because: Map<View | Patch, string> = new Map()
    for (const [name, load] of Object.entries(one.declaration.extras)) {
      if (!names.has(name)) continue
      try {
        const extra = (await load()).default
        declaration = merge(declaration, extra)
        for (const view of extra.views ?? []) because.set(view, name)
      } catch (error) {
        problems.push(cannotLoad(one.package, `The extra of "${one.package.name}" for "${name}"`, error))
      }
    }
    merged.push({ package: one.package, declaration, because })
  }
  if (problems.length > 0) throw new BootFailure(problems)
  return extrasLast(merged)
}

function inOrder(packages: readonly Package[], wanted: readonly string[]): Package[] {
  const problems: BootProblem[] = []
  const byName = new Map(packages.map((one) => [one.name, one]))
  const closure = new Map<string, Package>()
  // Breadth first, so that the path shown to a missing dependency is the shortest.
  const queue = wanted.map((name) => [name])
  for (let path = queue.shift(); path; path = queue.shift()) {
    const name = path.at(-1)!
    if (closure.has(name)) continue
    const found = byName.get(name)
    if (!found) problems.push(missing(path, byName.keys()))
    else {
      closure.set(name, found)
      queue.push(...found.depends.map((need) => [...path, need]))
    }
  }
  const { order, cycles } = orderByNeeds(new Map([...closure].map(([name, { depends }]) => [name, depends])))
  for (const cycle of cycles) {
    problems.push({
      code: 'module.cycle',
      module: cycle[0]!,
      sentence: `Modules need each other in a circle: ${saidAsNeeds(cycle)}.`,
      hint: 'Remove one of these dependencies; what applies only where both are installed goes into extras.',
      file: fileOf(byName.get(cycle[0]!), 'package.json'),
    })
  }
  if (problems.length > 0) throw new BootFailure(problems)
  return order.map((name) => closure.get(name)!)
}

function missing(path: readonly string[], known: Iterable<string>): BootProblem {
  const name = path.at(-1)!
  const meant = nearest(name, known)
  const nowhere = 'is neither in modules/ nor in addons/ nor among the packages of config/tessera.ts.'
  const hint = meant && `Did you mean "${meant}"?`
  return path.length === 1
    ? { code: 'module.unknown', module: name, sentence: `The module "${name}" is to be installed, but ${nowhere}`, hint }
    : { code: 'module.missing_dependency', module: path.at(-2)!, sentence: `${saidAsNeeds(path)}, which ${nowhere}`, hint }
}

async function importDeclaration(found: Package, problems: BootProblem[]): Promise<Module | undefined> {
  const names = found.entry === undefined ? ['index.ts', 'index.js'] : [found.entry]
  const file = names.map((name) => fileOf(found, name)).find((each) => each !== undefined && existsSync(each))
  const refuse = (said: string): void => {
    problems.push({ code: 'module.no_declaration', module: found.name, sentence: `The module "${found.name}" ${said}`, file })
  }
  if (file === undefined) {
    refuse(found.entry === undefined ? 'has neither index.ts nor index.js to declare it.' : `exports ${found.entry}, which is not there.`)
    return undefined
  }
  try {
    const { default: declaration }: { default?: unknown } = await import(pathToFileURL(file).href)
    if (isModule(declaration) && declaration.name === found.name) return declaration
    if (isModule(declaration)) refuse(`declares itself as "${declaration.name}", but its package.json says "${found.name}".`)
    else refuse('has no default export made with defineModule.')
  } catch (error) {
    problems.push(cannotLoad(found, `The module "${found.name}"`, error))
  }
  return undefined
}

function isModule(value: unknown): value is Module {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'module'
}

function cannotLoad(found: Package, what: string, error: unknown): BootProblem {
  const reason = error instanceof Error ? error.message : String(error)
  const file = whereThrown(found, error) ?? fileOf(found, found.entry ?? 'index.ts')
  return { code: 'module.broken', module: found.name, sentence: `${what} cannot be loaded: ${reason}`, file }
}

/** The first place in the module's own files that the error's stack names: `…/close.ts:14`. */
function whereThrown({ folder }: Package, error: unknown): string | undefined {
  const places = error instanceof Error ? [...(error.stack ?? '').matchAll(/(?:file:\/\/)?(\/[^\s():]+:\d+)/g)] : []
  return places.map(([, place]) => place!).find((place) => folder !== '' && place.startsWith(`${folder}/`))
}

function fileOf(found: Package | undefined, name: string): string | undefined {
  return found?.folder ? join(found.folder, name) : undefined
}

function merge(declaration: Module, extra: Extra): Module {
  const both = <K extends 'extends' | 'views' | 'permissions' | 'actions' | 'menus' | 'cards' | 'events'>(key: K) => [
    ...declaration[key],
    ...(extra[key] ?? []),
  ]
  return {
    ...declaration,
    extends: both('extends') as Module['extends'],
    views: both('views') as Module['views'],
    permissions: both('permissions') as Module['permissions'],
    actions: both('actions') as Module['actions'],
    menus: both('menus') as Module['menus'],
    cards: both('cards') as Module['cards'],
    events: both('events') as Module['events'],
    overrides: chained(declaration.overrides, extra.overrides ?? {}),
  }
}

type Override = (Parent: never) => unknown
/** A module and its extra may override the same service: the extra's class is derived from the module's. */
function chained(own: Module['overrides'], extra: Module['overrides']): Module['overrides'] {
  const result: Record<string, unknown> = { ...own }
  for (const [name, outer] of Object.entries(extra) as [string, Override][]) {
    const inner = result[name] as Override | undefined
    result[name] = inner ? (Parent: never) => outer(inner(Parent) as never) : outer
  }
  return result as Module['overrides']
}

/** An extra changes what its module brings, so that module comes first, unless it needs the module with the extra. */
function extrasLast(loaded: readonly LoadedModule[]): LoadedModule[] {
  const byName = new Map(loaded.map((one) => [one.declaration.name, one]))
  const needs = new Map(loaded.map((one) => [one.declaration.name, [...one.package.depends]]))
  const reaches = (from: string, to: string): boolean => from === to || (needs.get(from) ?? []).some((next) => reaches(next, to))
  for (const [name, { declaration }] of byName) {
    for (const extra of Object.keys(declaration.extras)) if (byName.has(extra) && !reaches(extra, name)) needs.get(name)!.push(extra)
  }
  return orderByNeeds(needs).order.map((name) => byName.get(name)!)
}
