/** What a set of modules makes together: the one thing that every other room reads. */
import type { Role, Rule } from '../access/role.ts'
import type { Action } from '../action/action.ts'
import type { Extension, ShippedData } from '../model/define.ts'
import type { ModelMeta, Models } from '../model/meta.ts'
import type { ServiceClass } from '../service/services.ts'
import type { Card } from '../view/card.ts'
import type { Screens } from '../view/composed.ts'
import type { Menu } from '../view/destination.ts'
import type { Patch } from '../view/patch.ts'
import type { Template } from '../view/templates.ts'
import type { View } from '../view/view.ts'
import type { Command, Job, Listener, Migration, Module, Page, Route, Settings } from './module.ts'

/** A module as it lies on disk, before anything of it was imported. */
export interface Package {
  readonly name: string
  readonly version: string
  readonly description: string
  /** What people call it, by language; without one, its name in words. */
  readonly title?: Readonly<Record<string, string>>
  /** The description in other languages than English. */
  readonly summary?: Readonly<Record<string, string>>
  readonly author?: string
  /** Of `@tabler/icons`. */
  readonly icon?: string
  /** Modules that its demonstration shows as well, without which it works too. */
  readonly demo?: readonly string[]
  readonly folder: string
  readonly kind: 'module' | 'addon'
  /** The file that declares it, as package.json exports it: `./dist/index.js`. Without one, index.ts or index.js. */
  readonly entry?: string
  /** Names of the modules that package.json depends on, `@tessera/` removed. */
  readonly depends: readonly string[]
}
/** A package whose declaration was imported. `extras` holds what applies in this set of modules. */
export interface LoadedModule {
  readonly package: Package
  readonly declaration: Module
  /** Of views and patches that an extra brings: the optional module because of which they are there. */
  readonly because?: ReadonlyMap<View | Patch, string>
  /** Locale -> code -> ICU message, besides its catalogues: of the fields that administrators added. */
  readonly texts?: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** A declaration together with the module that made it. */
export type Of<T> = T & { readonly module: string }

export interface Composition {
  /** In the order of their dependencies, ties by name. */
  readonly modules: readonly LoadedModule[]
  readonly models: Models
  readonly extensions: readonly Of<Extension>[]
  screens(model: ModelMeta): Screens
  /** The actions of a model, in the order of the modules. */
  actions(model: ModelMeta): readonly Of<Action>[]
  readonly roles: ReadonlyMap<string, Role>
  readonly rules: readonly Of<Rule>[]
  readonly menus: readonly Of<Menu>[]
  readonly cards: readonly Of<Card>[]
  readonly listeners: readonly Of<Listener>[]
  readonly services: ReadonlyMap<string, ServiceClass>
  readonly shipped: readonly Of<ShippedData>[]
  readonly settings: readonly Of<Settings<unknown>>[]
  readonly routes: readonly Of<Route>[]
  readonly pages: readonly Of<Page>[]
  readonly commands: readonly Of<Command<unknown>>[]
  readonly jobs: readonly Of<Job<unknown>>[]
  readonly migrations: readonly Of<Migration>[]
  /** The templates of all modules, each with whatever takes its place. */
  readonly templates: readonly Template[]
  /** The catalogues of all modules: locale -> code -> ICU message. */
  readonly texts: ReadonlyMap<string, ReadonlyMap<string, string>>
}
