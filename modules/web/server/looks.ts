/** Theme, row height, shortcuts: what a user chose, and for whoever is not signed in what was chosen in this browser. */
import { User } from '@tessera/base'
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
}

export function looksOf({ context: { caller } }: Services, request: Pick<Request, 'headers'>): Looks {
  const { me } = caller
  const theme = me.theme ?? cookieIn(request, cookies.theme)
  const density = me.density ?? cookieIn(request, cookies.density)
  return {
    theme: isTheme(theme) ? theme : 'system',
    density: isDensity(density) ? density : 'normal',
    letterKeys: me.letterKeys !== false,
  }
}

type Chosen = Partial<Pick<User, 'theme' | 'density' | 'letterKeys'>>

/** What a form chose, as far as it is one of the choices. */
export function chosenLooks(text: (name: string) => string | undefined): Chosen {
  const [theme, density, letters] = [text('theme'), text('density'), text('letters')]
  return {
    ...(isTheme(theme) && { theme }),
    ...(isDensity(density) && { density }),
    ...((letters === 'on' || letters === 'off') && { letterKeys: letters === 'on' }),
  }
}

/** Kept with the user, so that it follows him to another browser. */
export async function keepLooks(services: Services, chosen: Chosen): Promise<void> {
  const { id } = services.context.caller
  if (id === null || Object.keys(chosen).length === 0) return
  await services.asSystem('How the screens look to him is for everybody to choose, whatever his roles.').update(User, id, chosen)
}
