import { type Composition, labelOf, type Menu, type Of, type Request } from '@tessera/core'
import { initialsOf, toneOf } from '../person.ts'
import type { Density, Frame, Language, NavItem, NavSection, Shell, Theme, Toast } from '../screens.ts'
import { cookieIn, fromCookie } from './cookies.ts'
import { destinationHref } from './destination.ts'
import { prepare, type Reader } from './reader.ts'

const themes: readonly Theme[] = ['light', 'dark', 'system']
const densities: readonly Density[] = ['compact', 'normal', 'comfortable']
export const isTheme = (value: unknown): value is Theme => themes.some((theme) => theme === value)
export const isDensity = (value: unknown): value is Density => densities.some((density) => density === value)

export const cookies = { theme: 'tessera-theme', density: 'tessera-density', toast: 'tessera-toast', folded: 'tessera-folded' } as const

/** What every page needs, signed in or not. */
export function frameOf({ app, locale, t }: Pick<Reader, 'app' | 'locale' | 't'>, request: Request): Frame {
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
  }
}

/** The frame of somebody who is signed in. `path` is the model's whose entry is marked. */
export function shellOf(reader: Reader, request: Request, path?: string): Shell {
  const { caller } = reader.services.context
  const sections = sectionsOf(reader)
  return {
    ...frameOf(reader, request),
    user: { name: caller.name, initials: initialsOf(caller.name), role: roleLabel(reader), tone: toneOf(caller.name) },
    home: '/',
    signOut: '/sign-out',
    sections: sections.map((section) =>
      folding(path === undefined ? section : { ...section, items: section.items.map(marked(path)) }, request),
    ),
  }
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

const marked =
  (path: string) =>
  (item: NavItem): NavItem =>
    item.href.split('?', 1)[0] === `/${path}` ? { ...item, current: true } : item

function sectionsOf(reader: Reader): readonly NavSection[] {
  return prepare(reader, 'menus', () => {
    const { app, t } = reader
    const top = app.menus.filter((menu) => menu.in === undefined && menu.opens && isShown(reader, menu))
    // What builds on others is what one came for: tickets before the partners whom they concern.
    const own = [...new Set(top.map(({ module }) => module))].reverse().flatMap((module) => top.filter((menu) => menu.module === module))
    const parents = app.menus.filter((menu) => menu.in === undefined && !menu.opens && isAllowed(reader, menu))
    const below = parents.map((parent) => ({
      label: labelOf(parent, t),
      items: app.menus.filter((menu) => isSame(menu.in, parent) && isShown(reader, menu)).map((menu) => itemOf(reader, menu)),
    }))
    const first = own.length > 0 ? [{ items: own.map((menu) => itemOf(reader, menu)) }] : []
    return [...first, ...below.filter(({ items }) => items.length > 0)]
  })
}

/** Composition gives each menu its module in a copy, so a parent is recognised by what it says. */
function isSame(parent: Menu | undefined, menu: Of<Menu>): boolean {
  return parent !== undefined && parent.label === menu.label && parent.icon === menu.icon
}

function isShown(reader: Reader, menu: Of<Menu>): boolean {
  const model = menu.opens && reader.app.models.of(menu.opens.model)
  return model?.exposed === true && isAllowed(reader, menu) && reader.ability.possible('read', model)
}

function isAllowed({ ability }: Reader, { may }: Of<Menu>): boolean {
  if (may === undefined) return true
  return 'permission' in may ? ability.may(may) : ability.has(may)
}

function itemOf({ app, t }: Reader, menu: Of<Menu>): NavItem {
  return { label: labelOf(menu, t), icon: menu.icon, href: menu.opens ? destinationHref(app, menu.opens) : '/' }
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
