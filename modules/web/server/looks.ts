/** Theme, row height, shortcuts: what a user chose, and for whoever is not signed in what was chosen in this browser. */
import { administrator, User } from '@tessera/base'
import type { Request, Services } from '@tessera/core'
import type { Density, Theme } from '../screens.ts'
import { cookieIn, cookies } from './cookies.ts'

const themes: readonly Theme[] = ['light', 'dark', 'system']
const densities: readonly Density[] = ['compact', 'normal', 'comfortable']
const isTheme = (value: unknown): value is Theme => themes.some((theme) => theme === value)
const isDensity = (value: unknown): value is Density => densities.some((density) => density === value)

export interface Looks {
  readonly theme: Theme
  readonly density: Density
  /** Single letters are shortcuts. */
  readonly letterKeys: boolean
  readonly developer: boolean
  /** Administrators alone may see technical names and queries. */
  readonly mayDevelop: boolean
}

export function looksOf({ context: { caller } }: Services, request: Pick<Request, 'headers'>): Looks {
  const { me, ability } = caller
  const theme = me.theme ?? cookieIn(request, cookies.theme)
  const density = me.density ?? cookieIn(request, cookies.density)
  const mayDevelop = caller.id !== null && ability.has(administrator)
  return {
    theme: isTheme(theme) ? theme : 'system',
    density: isDensity(density) ? density : 'normal',
    letterKeys: me.letterKeys !== false,
    developer: mayDevelop && me.developer === true,
    mayDevelop,
  }
}

type Chosen = Partial<Pick<User, 'theme' | 'density' | 'letterKeys' | 'developer'>>

/** What a form chose, as far as it is one of the choices. */
export function chosenLooks(services: Services, text: (name: string) => string | undefined): Chosen {
  const [theme, density, letters, developer] = [text('theme'), text('density'), text('letters'), text('developer')]
  return {
    ...(isTheme(theme) && { theme }),
    ...(isDensity(density) && { density }),
    ...(isSwitch(letters) && { letterKeys: letters === 'on' }),
    ...(isSwitch(developer) && services.context.caller.ability.has(administrator) && { developer: developer === 'on' }),
  }
}

const isSwitch = (value: string | undefined): boolean => value === 'on' || value === 'off'

/** Kept with the user, so that it follows him to another browser. */
export async function keepLooks(services: Services, chosen: Chosen): Promise<void> {
  const { id } = services.context.caller
  if (id === null || Object.keys(chosen).length === 0) return
  await services.asSystem('How the screens look to him is for everybody to choose, whatever his roles.').update(User, id, chosen)
}
