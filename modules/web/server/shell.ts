import { staff } from '@tessera/base'
import { type Composition, labelOf, type Menu, type Of, type Request } from '@tessera/core'
import { account } from '../account.ts'
import { initialsOf, toneOf } from '../person.ts'
import type { Density, Frame, Language, NavItem, NavSection, Shell, Theme, Toast } from '../screens.ts'
import { cookieIn, fromCookie } from './cookies.ts'
import { destinationHref } from './destination.ts'
import { prepare, type Reader } from './reader.ts'

const themes: readonly Theme[] = ['light', 'dark', 'system']
const densities: readonly Density[] = ['compact', 'normal', 'comfortable']
export const isTheme = (value: unknown): value is Theme => themes.some((theme) => theme === value)
export const isDensity = (value: unknown): value is Density => densities.some((density) => density === value)

export const cookies = {
  theme: 'tessera-theme',
  language: 'tessera-language',
  density: 'tessera-density',
  toast: 'tessera-toast',
  folded: 'tessera-folded',
} as const

/** What every page needs, signed in or not. */
export function frameOf({ app, locale, t, services }: Pick<Reader, 'app' | 'locale' | 't' | 'services'>, request: Request): Frame {
  const theme = cookieIn(request, cookies.theme)
  const density = cookieIn(request, cookies.density)
  const toast = toastIn(request)
  return {
    organisation: t('web.organisation'),
    locale,
    direction: isRightToLeft(locale) ? 'rtl' : 'ltr',
    theme: isTheme(theme) ? theme : 'system',
    density: isDensity(density) ? density : 'normal',
    csrf: request.csrf,
    preferences: '/preferences',
    languages: languagesOf(app),
    ...(toast && { toast }),
    ...lookingAs(services),
  }
}

/** Nobody shall take for his own what he sees as another. */
function lookingAs({ context: { caller, credential } }: Reader['services']): Pick<Frame, 'looking'> {
  if (credential?.kind !== 'session' || !credential.viewedBy) return {}
  return { looking: { name: caller.name, stop: '/view-as/end' } }
}

/** The frame of somebody who is signed in. `path`, without its slash, is that of the entry that is marked. */
export function shellOf(reader: Reader, request: Request, path?: string): Shell {
  const { caller } = reader.services.context
  const sections = sectionsOf(reader)
  const here = path === undefined ? undefined : currentOf(sections, path, request)
  return {
    ...frameOf(reader, request),
    user: { name: caller.name, initials: initialsOf(caller.name), role: roleLabel(reader), tone: toneOf(caller.name) },
    home: '/',
    signOut: '/sign-out',
    ...ownPlaces(reader),
    sections: sections.map((section) =>
      folding({ ...section, items: section.items.map((item) => (item === here ? { ...item, current: true } : item)) }, request),
    ),
  }
}

/** What modules put behind one's own name; without any, the form of himself, with what is his to choose. */
function ownPlaces(reader: Reader): Pick<Shell, 'userMenu'> {
  const { app, ability, services, t } = reader
  const own = app.menus.filter((menu) => isSame(menu.in, account) && isShown(reader, menu))
  if (own.length > 0) return { userMenu: own.map((menu) => itemOf(reader, menu)) }
  const { actor } = app.models
  if (!actor?.exposed || !ability.has(staff) || !ability.possible('read', actor)) return {}
  return { userMenu: [{ label: t('web.my_account'), icon: 'user', href: `/${actor.path}/${services.context.caller.id}` }] }
}

/** The first place that the reader may go to. */
export function firstPlace(reader: Reader): string | undefined {
  return sectionsOf(reader)[0]?.items[0]?.href
}

/** As it was left in this browser; where one is, is never folded away. */
function folding(section: NavSection, request: Request): NavSection {
  const left = fromCookie(cookieIn(request, cookies.folded))?.split('\n') ?? []
  const isFolded = section.label !== undefined && left.includes(section.label) && !section.items.some(({ current }) => current)
  return isFolded ? { ...section, folded: true } : section
}

/** Of several places on one path the one whose filters are on, else the one that has none. */
function currentOf(sections: readonly NavSection[], path: string, { query }: Request): NavItem | undefined {
  const places = sections.flatMap(({ items }) => items).filter(({ href }) => href.split('?', 1)[0] === `/${path}`)
  const filtersOf = ({ href }: NavItem) => [...new URLSearchParams(href.split('?')[1] ?? '')]
  const isOn = (item: NavItem) => filtersOf(item).every(([name, value]) => query.getAll(name).includes(value))
  const most = places.filter(isOn).toSorted((a, b) => filtersOf(b).length - filtersOf(a).length)
  return most[0] ?? places[0]
}

function sectionsOf(reader: Reader): readonly NavSection[] {
  return prepare(reader, 'menus', () => {
    const { app, t } = reader
    const top = app.menus.filter((menu) => menu.in === undefined && !isSame(account, menu))
    const isParent = (menu: Of<Menu>) => !leads(menu) || app.menus.some((other) => isSame(other.in, menu))
    // What builds on others is what one came for: tickets before the partners whom they concern.
    const places = top.filter((menu) => !isParent(menu) && isShown(reader, menu))
    const own = [...new Set(places.map(({ module }) => module))].reverse().flatMap((each) => places.filter(({ module }) => module === each))
    // For the same reason; what everything builds on comes last: the configuration.
    const below = top
      .filter(isParent)
      .toReversed()
      .map((parent) => {
        const within = isAllowed(reader, parent) ? app.menus.filter((menu) => menu === parent || isSame(menu.in, parent)) : []
        const items = within.filter((menu) => isShown(reader, menu)).map((menu) => itemOf(reader, menu))
        return { label: labelOf(parent, t), items }
      })
    const first = own.length > 0 ? [{ items: own.map((menu) => itemOf(reader, menu)) }] : []
    return [...first, ...below.filter(({ items }) => items.length > 0)]
  })
}

/** Composition gives each menu its module in a copy, so a parent is recognised by what it says. */
function isSame(parent: Menu | undefined, menu: Menu): boolean {
  return parent !== undefined && parent.label === menu.label && parent.icon === menu.icon
}

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

/** The widest role: implied ones come before those that imply them. */
function roleLabel({ ability, app, t }: Reader): string {
  const name = [...ability.roles].at(-1)
  const role = name === undefined ? undefined : app.roles.get(name)
  return role ? labelOf(role, t) : ''
}

function toastIn(request: Request): Toast | undefined {
  const kept = fromCookie(cookieIn(request, cookies.toast))
  const parts = kept === undefined ? undefined : /^(info|success|error):(.{1,500})$/s.exec(kept)
  return parts ? { tone: parts[1] as NonNullable<Toast['tone']>, text: parts[2]! } : undefined
}

const languages = new WeakMap<Composition, readonly Language[]>()

/** Those of the catalogues, each in its own words. */
function languagesOf(app: Composition): readonly Language[] {
  const known =
    languages.get(app) ??
    [...app.texts.keys()].map((locale) => ({ locale, label: new Intl.DisplayNames(locale, { type: 'language' }).of(locale) ?? locale }))
  languages.set(app, known)
  return known
}

function isRightToLeft(locale: string): boolean {
  return /^(ar|fa|he|ur|ps|yi|dv|ckb)\b/.test(locale)
}
