/** From loaded modules to one composition. Nothing is kept between calls: two sets of modules can live in one process. */

import { rolesOf } from '../check/faults.ts'
import { BootFailure, type BootProblem } from '../errors.ts'
import { composeModels } from '../model/compose.ts'
import { shippedBy } from '../model/define.ts'
import type { ModelMeta } from '../model/meta.ts'
import type { ServiceClass } from '../service/services.ts'
import { composeTexts } from '../texts/texts.ts'
import { composeScreens } from '../view/compose.ts'
import type { Menu } from '../view/destination.ts'
import { composeTemplates } from '../view/templates.ts'
import { checkComposition } from './check.ts'
import { checkDependencies } from './check-dependencies.ts'
import type { Composition, LoadedModule, Of } from './composition.ts'
import type { Module } from './module.ts'

/** Composes modules that are in the order of their dependencies. Throws one BootFailure with everything that is wrong. */
export function compose(loaded: readonly LoadedModule[]): Composition {
  const problems: BootProblem[] = [...checkDependencies(loaded)]
  const { models, extensions } = composeModels(loaded, problems)
  const each = <T extends object>(of: (declaration: Module) => readonly T[]): Of<T>[] =>
    loaded.flatMap(({ declaration }) => of(declaration).map((one) => ({ ...one, module: declaration.name })))
  const allActions = each(({ actions }) => actions)
  const actions = new Map(models.all.map((model) => [model, allActions.filter((action) => action.model === model.handle)]))
  const composition: Omit<Composition, 'texts'> = {
    modules: loaded,
    models,
    extensions,
    screens: composeScreens(models, loaded, problems),
    actions: (model: ModelMeta) => actions.get(model) ?? [],
    roles: rolesOf(loaded),
    rules: each(({ permissions }) => permissions),
    menus: composeMenus(loaded),
    cards: each(({ cards }) => cards),
    listeners: each(({ events }) => events),
    services: composeServices(loaded),
    shipped: each(({ data }) => data.map(shippedBy)),
    settings: each(({ settings }) => settings),
    routes: each(({ routes }) => routes),
    pages: each(({ pages }) => pages),
    commands: each(({ commands }) => commands),
    jobs: each(({ jobs }) => jobs),
    migrations: each(({ migrations }) => migrations),
    templates: composeTemplates(loaded, problems),
  }
  const complete: Composition = { ...composition, texts: composeTexts(composition, problems) }
  checkComposition(complete, problems)
  for (const { declaration } of loaded) problems.push(...declaration.checks.flatMap((check) => check(complete)))
  if (problems.length > 0) throw new BootFailure(problems)
  return complete
}

/** Entries point at their parents: a copy must point at the parent's copy. */
function composeMenus(loaded: readonly LoadedModule[]): Of<Menu>[] {
  const owners = new Map(loaded.flatMap(({ declaration }) => declaration.menus.map((menu) => [menu, declaration.name])))
  const copies = new Map<Menu, Of<Menu>>()
  const copyOf = (menu: Menu, module: string): Of<Menu> => {
    const parent = menu.in && copyOf(menu.in, owners.get(menu.in) ?? module)
    const copy = copies.get(menu) ?? { ...menu, in: parent, module }
    copies.set(menu, copy)
    return copy
  }
  return [...owners].map(([menu, module]) => copyOf(menu, module))
}

/** The declared class, then each override around it in the order of the modules: `super` is the behaviour so far. */
function composeServices(loaded: readonly LoadedModule[]): ReadonlyMap<string, ServiceClass> {
  const services = new Map<string, ServiceClass>()
  for (const { declaration } of loaded) for (const [name, service] of Object.entries(declaration.services)) services.set(name, service)
  for (const { declaration } of loaded) {
    for (const [name, override] of overridesOf(declaration)) {
      const Parent = services.get(name)
      if (Parent && override) services.set(name, override(Parent))
    }
  }
  return services
}

type Override = (Parent: ServiceClass) => ServiceClass
function overridesOf({ overrides }: Module): [string, Override][] {
  return Object.entries(overrides as Readonly<Record<string, Override>>)
}
