/** The places of the sidebar: which a reader sees, in which sections, and what waits behind them. */
import { staff, views } from '@tessera/base'
import { labelOf, type Menu, type ModelMeta, type Of, type Request, UserError } from '@tessera/core'
import { account } from '../account.ts'
import { shippedCards } from '../dashboard/cards.ts'
import { dashboard } from '../dashboard/menu.ts'
import type { NavItem, NavSection, Shell } from '../screens.ts'
import { cookieIn, cookies, fromCookie } from './cookies.ts'
import { destinationHref, queryOf } from './destination.ts'
import { withGoKeys } from './hotkeys.ts'
import { stateLeft } from './lost.ts'
import { prepare, type Reader } from './reader.ts'
import { countInWords, countOfView } from './view-count.ts'

/** `path`, without its slash, is that of the place that is marked. */
export function sectionsOf(reader: Reader, request: Request, path?: string): readonly NavSection[] {
  return marked(reader, request, path, new Map())
}

/** With the counts of the places that have one. */
export async function countedSections(reader: Reader, request: Request, path?: string): Promise<readonly NavSection[]> {
  const asked = placesIn(treeOf(reader)).filter(({ menu }) => menu.count)
  const counts = await Promise.all(asked.map(async (place) => [place.menu, await counted(reader, place)] as const))
  return marked(reader, request, path, new Map(counts))
}

/** No count where a rule hides what would be counted: the page that is asked for must not fail by a number beside it. */
async function counted(reader: Reader, { menu: { count, opens }, item }: Place): Promise<number> {
  if (count === true) {
    const model = opens && reader.app.models.of(opens.model)
    return (model && (await countOfView(reader, model, stateLeft(reader, model, queryOf(item.href)).state))) ?? 0
  }
  try {
    return (await count?.(reader.services)) ?? 0
  } catch (error) {
    if (error instanceof UserError) return 0
    throw error
  }
}

/** The first place that the reader may go to; a dashboard without anything shipped for it is nowhere to begin, if there is another. */
export function firstPlace(reader: Reader): string | undefined {
  const [first, second] = placesIn(treeOf(reader)).map(({ item }) => item.href)
  return first === dashboard.page && shippedCards(reader).length === 0 ? (second ?? first) : first
}

/** The places of some modules, as the reader sees them. */
export function placesOf(reader: Reader, modules: readonly string[]): readonly NavItem[] {
  return placesIn(treeOf(reader)).flatMap(({ menu, item }) => (modules.includes(menu.module) ? [item] : []))
}

/** What modules put behind one's own name; without any, the form of himself, with what is his to choose. */
export function ownPlaces(reader: Reader): Pick<Shell, 'userMenu'> {
  const { app, ability, services, t } = reader
  const own = app.menus.filter((menu) => isOne(menu.in, account) && isShown(reader, menu))
  const items = own.map((menu) => itemOf(reader, menu))
  const { actor } = app.models
  const hasForm = actor?.exposed && ability.has(staff) && ability.possible('read', actor)
  if (!hasForm || own.some(({ module }) => module !== 'web')) return items.length > 0 ? { userMenu: items } : {}
  return { userMenu: [{ label: t('web.my_account'), icon: 'user', href: `/${actor.path}/${services.context.caller.id}` }, ...items] }
}

/** Every place that the reader may go to, with the heading above it and the model that it shows. */
export function allPlaces(reader: Reader): readonly (NavItem & { readonly section?: string; readonly model?: ModelMeta })[] {
  const within = (sections: readonly Section[]): ReturnType<typeof allPlaces> =>
    sections.flatMap(({ label, places, sections: inner }) => [
      ...places.map(({ item, menu: { opens } }) => ({
        ...item,
        ...(label !== undefined && { section: label }),
        ...(opens && !opens.create && { model: reader.app.models.of(opens.model) }),
      })),
      ...within(inner),
    ])
  const own = (ownPlaces(reader).userMenu ?? []).map((item) => ({ ...item, section: reader.t('web.my_account') }))
  // His own place names himself, and is not that of everybody with his roles.
  return [...prepare(reader, 'places', () => within(treeOf(reader))), ...own]
}

interface Place {
  readonly menu: Of<Menu>
  readonly item: NavItem
}
interface Section {
  readonly label?: string
  readonly places: readonly Place[]
  readonly sections: readonly Section[]
}

const placesIn = (sections: readonly Section[]): readonly Place[] =>
  sections.flatMap((section) => [...section.places, ...placesIn(section.sections)])

function marked(reader: Reader, request: Request, path: string | undefined, counts: ReadonlyMap<Menu, number>): readonly NavSection[] {
  const tree = treeOf(reader)
  const here = path === undefined ? undefined : currentOf(placesIn(tree), path, request)
  const itemOfPlace = (place: Place): NavItem => {
    const count = counts.get(place.menu) ?? 0
    return {
      ...place.item,
      ...(count > 0 && { count: countInWords(reader, count) }),
      ...(count > 0 && place.menu.count !== true && { alarming: true }),
      ...(place === here && { current: true }),
    }
  }
  const left = fromCookie(cookieIn(request, cookies.folded))?.split('\n') ?? []
  const navOf = (section: Section): NavSection => ({
    ...(section.label !== undefined && { label: section.label }),
    items: section.places.map(itemOfPlace),
    ...(section.sections.length > 0 && { sections: section.sections.map(navOf) }),
    // As it was left in this browser; where one is, is never folded away.
    ...(section.label !== undefined &&
      left.includes(section.label) &&
      !placesIn([section]).some((place) => place === here) && { folded: true }),
  })
  return tree.map(navOf)
}

/** Of several places on one path the one whose filters are on, else the one that has none. */
function currentOf(all: readonly Place[], path: string, { query }: Request): Place | undefined {
  const places = all.filter(({ item }) => item.href.split('?', 1)[0] === `/${path}`)
  const filtersOf = ({ item }: Place) => [...queryOf(item.href)]
  const isOn = (place: Place) => filtersOf(place).every(([name, value]) => query.getAll(name).includes(value))
  const most = places.filter(isOn).toSorted((a, b) => filtersOf(b).length - filtersOf(a).length)
  return most[0] ?? places[0]
}

function treeOf(reader: Reader): readonly Section[] {
  return prepare(reader, 'menus', () => {
    const tree = makeTree(reader)
    const keys = withGoKeys(placesIn(tree))
    const keyed = (section: Section): Section => ({
      ...section,
      places: section.places.map((place) => {
        const hotkey = keys.get(place)
        return hotkey === undefined ? place : { ...place, item: { ...place.item, hotkey } }
      }),
      sections: section.sections.map(keyed),
    })
    return tree.map(keyed)
  })
}

function makeTree(reader: Reader): readonly Section[] {
  const { menus } = reader.app
  const top = menus.filter((menu) => menu.in === undefined && !isOne(menu, account))
  const isParent = (menu: Of<Menu>) => !leads(menu) || menus.some((other) => other.in === menu)
  const placed = (all: readonly Of<Menu>[]) =>
    all.filter((menu) => isShown(reader, menu)).map((menu) => ({ menu, item: itemOf(reader, menu) }))
  const sectionOf = (parent: Of<Menu>): readonly Section[] => {
    if (!isAllowed(reader, parent)) return []
    const within = menus.filter((menu) => menu.in === parent)
    const places = placed([parent, ...within.filter((menu) => !isParent(menu))])
    const sections = latestFirst(within.filter(isParent)).flatMap(sectionOf)
    return places.length + sections.length > 0 ? [{ label: labelOf(parent, reader.t), places, sections }] : []
  }
  const own = placed(latestFirst(top.filter((menu) => !isParent(menu)))).toSorted((a, b) => Number(isFirst(b)) - Number(isFirst(a)))
  const first = own.length > 0 ? [{ places: own, sections: [] }] : []
  const sections = top.filter(isParent).toReversed()
  return [...first, ...sections.toSorted((a, b) => Number(isOne(b, views)) - Number(isOne(a, views))).flatMap(sectionOf)]
}

/** The heading above the lists that people go to again and again. */
export const viewsLabel = ({ app, t }: Reader): string => labelOf(app.menus.find((menu) => isOne(menu, views))!, t)

/** What builds on others is what one came for: tickets before the partners whom they concern. Those of one module stay as it lists them. */
function latestFirst(menus: readonly Of<Menu>[]): readonly Of<Menu>[] {
  const modules = [...new Set(menus.map(({ module }) => module))].reverse()
  return modules.flatMap((each) => menus.filter(({ module }) => module === each))
}

/** Composition gives each menu its module in a copy: the one that is declared here is recognised by what it says. */
function isOne(menu: Menu | undefined, declared: Menu): boolean {
  return menu !== undefined && menu.label === declared.label && menu.icon === declared.icon
}

const isFirst = ({ menu }: Place): boolean => menu.page === dashboard.page

const leads = ({ opens, page }: Menu) => opens !== undefined || page !== undefined

function isShown(reader: Reader, menu: Of<Menu>): boolean {
  if (!isAllowed(reader, menu)) return false
  if (menu.page !== undefined) return isServed(reader, menu.page)
  const model = menu.opens && reader.app.models.of(menu.opens.model)
  return model?.exposed === true && reader.ability.has(staff) && reader.ability.possible('read', model)
}

/** Whether the page of a module lets the reader in. */
function isServed({ app, ability }: Reader, path: string): boolean {
  const may = app.pages.find(({ at }) => at === `GET ${path.split('?', 1)[0]}`)?.may
  if (may === undefined) return false
  return typeof may === 'string' || ('permission' in may ? ability.may(may) : ability.has(may))
}

function isAllowed({ ability }: Reader, { may }: Of<Menu>): boolean {
  if (may === undefined) return true
  return 'permission' in may ? ability.may(may) : ability.has(may)
}

function itemOf({ app, t }: Reader, menu: Of<Menu>): NavItem {
  const href = menu.opens ? destinationHref(app, menu.opens) : (menu.page ?? '/')
  return { label: labelOf(menu, t), icon: menu.icon, href }
}
