/** Where a menu entry or an action leads, as data. */
import type { Permission, Role } from '../access/role.ts'
import { declarationOf } from '../model/define.ts'
import type { Changes, Model } from '../model/types.ts'
import type { Services } from '../service/services.ts'

/** How the records of a model are shown first; every model has a list, a pivot and a graph. */
export type FirstView = 'list' | 'kanban' | 'calendar' | 'pivot' | 'graph'

export interface Destination {
  readonly model: Model
  readonly as: FirstView
  /** Names of declared filters that are on at first. */
  readonly filter: readonly string[]
  /** Opens an empty form, filled with these values. */
  readonly create: Readonly<Record<string, unknown>> | undefined
}

/** A model's screens: `show(Ticket, { filter: ['open'], as: 'pivot' })`, or an empty form: `show(Ticket, { new: true, defaults })`. */
export function show<T>(
  model: Model<T>,
  about: { as?: FirstView; filter?: readonly string[]; new?: true; defaults?: Changes<NoInfer<T>> } = {},
): Destination {
  return {
    model,
    as: about.as ?? 'list',
    filter: about.filter ?? [],
    create: about.new ? ((about.defaults ?? {}) as Record<string, unknown>) : undefined,
  }
}

export interface Menu {
  readonly kind: 'menu'
  readonly label: string
  readonly icon: string
  readonly in: Menu | undefined
  readonly opens: Destination | undefined
  /** The path of a module's own page, instead. */
  readonly page: `/${string}` | undefined
  readonly may: Role | Permission | undefined
  readonly count: CountOf | true | undefined
}

/** How many things wait to be done behind an entry by somebody; asked for each page, with the reader's rights, so one small query at most. */
export type CountOf = (services: Services) => Promise<number>

/**
 * An entry of the sidebar; `in` puts it below another, and one that leads nowhere is a heading: `menu('Wards', { in: configuration })`
 * is a section of the configuration. It is shown to those who may read the model, or open the page, that it leads to. `count: true` says
 * beside it how many records it shows.
 */
export function menu(
  label: string,
  about: { icon?: string; in?: Menu; opens?: Destination | Model | `/${string}`; may?: Role | Permission; count?: CountOf | true } = {},
): Menu {
  const page = typeof about.opens === 'string' ? about.opens : undefined
  const opens = typeof about.opens === 'function' ? show(about.opens) : typeof about.opens === 'string' ? undefined : about.opens
  if (opens) declarationOf(opens.model)
  return { kind: 'menu', label, icon: about.icon ?? 'point', in: about.in, opens, page, may: about.may, count: about.count }
}
