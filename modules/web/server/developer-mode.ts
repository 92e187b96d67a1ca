/** Developer mode: screens tell how they are made, to whoever has the right and asked for it. */
import { User } from '@tessera/base'
import { type Page, page, permission, type Request, redirect, type Services } from '@tessera/core'
import type { Shell } from '../screens.ts'
import { refererOf } from './preferences.ts'

export const developerMode = permission('developer-mode', 'see how screens are made')

/** Asked for each page: what somebody chose counts only as long as he may. */
export function isDeveloping({ context: { caller } }: Services): boolean {
  return caller.me.developerMode === true && caller.ability.may(developerMode)
}

/** For the user menu and the palette. */
export function developerSwitch(services: Services): Pick<Shell, 'developer'> {
  return services.context.caller.ability.may(developerMode) ? { developer: { on: isDeveloping(services), href: '/developer' } } : {}
}

export const developerPages: readonly Page[] = [
  page('POST /developer/on', { may: developerMode, respond: (request, services) => turn(services, request, true) }),
  page('POST /developer/off', { may: developerMode, respond: (request, services) => turn(services, request, false) }),
]

/** Kept with the user, so that it follows him until he turns it off. */
async function turn(services: Services, request: Request, on: boolean) {
  const { id } = services.context.caller
  if (id !== null)
    await services.asSystem('Whoever may see how screens are made turns that on for himself.').update(User, id, { developerMode: on })
  return redirect(refererOf(request))
}
