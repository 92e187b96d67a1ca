import { type Composition, labelOf, type Request } from '@tessera/core'
import { organisation } from '../organisation.ts'
import { initialsOf, toneOf } from '../person.ts'
import type { Frame, Language, Shell, Toast } from '../screens.ts'
import { ownPath } from './answer.ts'
import { cookieIn, cookies, fromCookie } from './cookies.ts'
import { developerSwitch } from './developer-mode.ts'
import { looksOf } from './looks.ts'
import { countedSections, ownPlaces, sectionsOf } from './places.ts'
import type { Reader } from './reader.ts'
import { withSavedViews } from './saved-views.ts'

/** What every page needs, signed in or not. */
export function frameOf({ app, locale, t, services }: Pick<Reader, 'app' | 'locale' | 't' | 'services'>, request: Request): Frame {
  const { theme, density, letterKeys } = looksOf(services, request)
  const toast = toastIn(request, t)
  return {
    organisation: services.settings.known(organisation).name || t('web.organisation'),
    locale,
    direction: isRightToLeft(locale) ? 'rtl' : 'ltr',
    theme,
    density,
    ...(!letterKeys && { withoutKeys: true }),
    csrf: request.csrf,
    preferences: '/preferences',
    languages: languagesOf(app),
    ...(toast && { toast }),
    ...lookingAs(services),
    ...(services.copy.since && { copy: true }),
  }
}

/** Nobody shall take for his own what he sees as another. */
function lookingAs({ context: { caller, credential } }: Reader['services']): Pick<Frame, 'looking'> {
  if (credential?.kind !== 'session' || !credential.viewedBy) return {}
  return { looking: { name: caller.name, stop: '/view-as/end' } }
}

/** The frame of somebody who is signed in, with what waits for him. `path`, without its slash, is that of the entry that is marked. */
export async function shellOf(reader: Reader, request: Request, path?: string): Promise<Shell> {
  const { settings, client } = reader.services
  const counted = countedSections(reader, request, path).then((sections) => withSavedViews(reader, request, sections))
  const [sections, bell] = await Promise.all([counted, client.bell(), settings.remembered(organisation)])
  return { ...stillShell(reader, request, path), sections, ...(bell && { bell }) }
}

/** The same without asking the database for anything: for a page that says what went wrong. */
export function stillShell(reader: Reader, request: Request, path?: string): Shell {
  const { caller } = reader.services.context
  return {
    ...frameOf(reader, request),
    user: { name: caller.name, initials: initialsOf(caller.name), role: roleLabel(reader), tone: toneOf(caller.name) },
    home: '/',
    palette: '/palette',
    signOut: '/sign-out',
    ...ownPlaces(reader),
    sections: sectionsOf(reader, request, path),
    ...developerSwitch(reader.services),
  }
}

/** The widest role: implied ones come before those that imply them. */
function roleLabel({ ability, app, t }: Reader): string {
  const name = [...ability.roles].at(-1)
  const role = name === undefined ? undefined : app.roles.get(name)
  return role ? labelOf(role, t) : ''
}

function toastIn(request: Request, t: Reader['t']): Toast | undefined {
  const kept = fromCookie(cookieIn(request, cookies.toast))
  const parts = kept === undefined ? undefined : /^(info|success|error):(.{1,500})$/s.exec(kept)
  if (!parts) return undefined
  const undo = ownPath(fromCookie(cookieIn(request, cookies.undo)), '')
  return {
    tone: parts[1] as NonNullable<Toast['tone']>,
    text: parts[2]!,
    ...(undo !== '' && { undo: { label: t('web.undo'), href: undo, method: 'post' } }),
  }
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

export function isRightToLeft(locale: string): boolean {
  return /^(ar|fa|he|ur|ps|yi|dv|ckb)\b/.test(locale)
}
