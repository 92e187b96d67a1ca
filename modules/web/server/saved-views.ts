/** Saved views as their readers meet them: in the menu beside the search, and at the left with what is in them. */
import type { ModelMeta, Request } from '@tessera/core'
import { SavedView } from '../saved-view.model.ts'
import type { MenuItem, MenuSection, NavItem, NavSection } from '../screens.ts'
import { withQuery } from './destination.ts'
import { keptLists } from './kept-lists.ts'
import { layoutsOf } from './layouts.ts'
import { entriesOf, firstState } from './list-state.ts'
import { stateLeft } from './lost.ts'
import { viewsLabel } from './places.ts'
import type { Reader } from './reader.ts'
import type { Addresses } from './search-bar.ts'
import { countInWords, countOfView } from './view-count.ts'

export interface KnownView {
  readonly id: string
  readonly name: string
  readonly model: ModelMeta
  readonly address: string
  readonly counted: boolean
  readonly isOwn: boolean
  /** The id of the role whose members see it. */
  readonly role: string | undefined
}

const kept = keptLists<readonly KnownView[]>()

/** The reader's own views and those of his roles, of every model that he may read. */
export function savedViews(reader: Reader): Promise<readonly KnownView[]> {
  return kept.of(reader.services, (user) => read(reader, user))
}

/** Views that a menu can hold. */
const mostViews = 200

async function read({ services, ability, app }: Reader, id: string): Promise<readonly KnownView[]> {
  if (id === '' || !ability.possible('read', app.models.of(SavedView))) return []
  const isAdministrator = [...app.roles.values()].some((role) => role.everything && ability.has(role))
  const everybodys = services.asSystem('A view of a role is seen by whoever has the role, also through another one.')
  const { rows } = await everybodys.query(SavedView, {
    fields: ['name', 'model', 'address', 'counted', 'role.name', 'createdBy'],
    where: { $or: [{ createdBy: id }, isAdministrator ? { role: { $ne: null } } : { role: { name: { $in: [...ability.roles] } } }] },
    limit: mostViews,
  })
  return rows.flatMap((row): KnownView[] => {
    const model = app.models.byName(row.model)
    const isOwn = row.createdBy?.id === id
    const isHis = isOwn || isAdministrator || (row.role !== null && ability.roles.has(row.role.name))
    if (!isHis || !model?.exposed || !ability.possible('read', model)) return []
    const { name, address, counted } = row
    return [{ id: row.id, name, model, address: address ?? '', counted, isOwn, role: row.role?.id }]
  })
}

/** After a change of them in this request. */
export function forgetViews({ services }: Reader): void {
  kept.forget(services)
}

/** The address of a view; one that names what is gone leads where that is said first. */
function hrefOfView(reader: Reader, view: KnownView): string {
  const { lost } = stateLeft(reader, view.model, new URLSearchParams(view.address))
  return lost.length > 0 ? `/${view.model.path}/views/${view.id}` : addressOf(reader, view)
}

/** Written anew, so that a view and the address that it came from are the same. */
export function addressOf(reader: Reader, { model, address }: Pick<KnownView, 'model' | 'address'>): string {
  const screens = reader.app.screens(model)
  const { state } = stateLeft(reader, model, new URLSearchParams(address))
  return withQuery(`/${model.path}`, entriesOf(state, firstState(screens, state.view)))
}

/** The menu beside the search: one's own views, those of one's roles, and what can be done with them. */
export async function favourites(reader: Reader, model: ModelMeta, { to }: Addresses): Promise<readonly MenuSection[]> {
  if (!reader.ability.possible('create', reader.app.models.of(SavedView))) return []
  const [views, layouts] = await Promise.all([savedViews(reader), layoutsOf(reader)])
  const here = to({})
  const start = layouts.get(model.name)?.start
  const item = (view: KnownView): MenuItem => {
    const href = hrefOfView(reader, view)
    const own = `/${model.path}/views/${view.id}`
    const back = new URLSearchParams({ back: here })
    return {
      label: view.name,
      href,
      chosen: href === here,
      ...(view.id === start && { icon: 'home' }),
      ...(mayChange(reader, view) && { edit: `${own}/edit?${back}`, remove: `${own}/remove?${back}` }),
    }
  }
  const ofModel = views.filter((view) => view.model === model)
  const own = ofModel.filter(({ isOwn }) => isOwn).map(item)
  const shared = ofModel.filter(({ isOwn }) => !isOwn).map(item)
  const save: MenuItem = {
    label: reader.t('web.save_view'),
    href: `/${model.path}/views/save?${new URLSearchParams({ back: here })}`,
    chosen: false,
    asks: true,
    icon: 'plus',
  }
  const card: MenuItem = {
    label: reader.t('web.add_to_dashboard'),
    href: `/dashboard/add?${new URLSearchParams({ back: here })}`,
    chosen: false,
    asks: true,
    icon: 'layout-dashboard',
  }
  return [
    ...(own.length > 0 ? [{ label: reader.t('web.own_views'), items: own }] : []),
    ...(shared.length > 0 ? [{ label: reader.t('web.shared_views'), items: shared }] : []),
    { items: [save, card] },
  ]
}

export function mayChange({ ability, app, services }: Reader, view: KnownView): boolean {
  const role = app.models.of(SavedView).fields.get('role')
  return (view.isOwn && services.context.caller.id !== null) || (role !== undefined && ability.field('update', role) !== false)
}

/** The sidebar with the counted views beside those that modules bring, and places that open with somebody's own view. */
export async function withSavedViews(reader: Reader, request: Request, sections: readonly NavSection[]): Promise<readonly NavSection[]> {
  const [views, layouts] = await Promise.all([savedViews(reader), layoutsOf(reader)])
  const starts = new Map(
    views
      .filter((view) => layouts.get(view.model.name)?.start === view.id)
      .map((view) => [`/${view.model.path}`, hrefOfView(reader, view)]),
  )
  const counted = views.filter((view) => view.counted).slice(0, mostCounted)
  const here = request.method === 'GET' ? withQuery(request.path, [...request.query]) : undefined
  const items = await Promise.all(counted.map((view) => placeOf(reader, view, here)))
  const isElsewhere = items.some(({ current }) => current)
  const placed = (item: NavItem): NavItem => {
    const { current, ...rest } = item
    const href = starts.get(item.href) ?? item.href
    return { ...rest, href, ...(current && !isElsewhere && { current }) }
  }
  const led = starts.size === 0 && !isElsewhere ? sections : sections.map((section) => mapped(section, placed))
  if (items.length === 0) return led
  const label = viewsLabel(reader)
  if (led.some((section) => section.label === label))
    return led.map((section) => (section.label === label ? { ...section, items: [...section.items, ...items] } : section))
  return led.toSpliced(led[0]?.label === undefined ? 1 : 0, 0, { label, items })
}

/** Each costs a question on every page. */
const mostCounted = 12

function mapped(section: NavSection, each: (item: NavItem) => NavItem): NavSection {
  const { sections } = section
  return { ...section, items: section.items.map(each), ...(sections && { sections: sections.map((inner) => mapped(inner, each)) }) }
}

async function placeOf(reader: Reader, view: KnownView, here: string | undefined): Promise<NavItem> {
  const href = hrefOfView(reader, view)
  const { state } = stateLeft(reader, view.model, new URLSearchParams(view.address))
  const count = await countOfView(reader, view.model, state)
  return {
    label: view.name,
    icon: 'star',
    href,
    ...(count !== undefined && { count: countInWords(reader, count) }),
    ...(href === here && { current: true }),
  }
}
