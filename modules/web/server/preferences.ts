import { type Reply, type Request, redirect, type Services } from '@tessera/core'
import { ownPath, wantsJson } from './answer.ts'
import { textIn } from './body.ts'
import { cookies, toCookie } from './cookies.ts'
import { readerOf } from './reader.ts'
import { updateRow } from './rows.ts'
import { isDensity, isTheme } from './shell.ts'

/** Theme, row height and what is folded belong to the browser; the language to the user, and for whoever is not signed in to the browser too. */
export async function preferencesPage(services: Services, request: Request): Promise<Reply> {
  const [theme, density, locale] = [textIn(request, 'theme'), textIn(request, 'density'), textIn(request, 'locale')]
  const folded = textIn(request, 'folded')
  const { app, records } = readerOf(services)
  const language = locale !== undefined && app.texts.has(locale) ? locale : undefined
  const chosen = {
    ...(isTheme(theme) && { [cookies.theme]: theme }),
    ...(language !== undefined && { [cookies.language]: language }),
    ...(isDensity(density) && { [cookies.density]: density }),
    ...(folded !== undefined && { [cookies.folded]: folded === '' ? null : toCookie(folded.slice(0, 500)) }),
  }
  const { id } = services.context.caller
  if (id !== null && language !== undefined && app.models.actor?.fields.has('language')) {
    await updateRow(records, app.models.actor, id, { language })
  }
  const back = redirect(ownPath(textIn(request, 'back') || refererOf(request)), { cookies: chosen })
  return wantsJson(request) ? { ...back, status: 204, headers: {} } : back
}

/** The page on which the form stood, when it did not say. */
function refererOf({ headers }: Request): string {
  const { referer } = headers
  if (referer === undefined || !URL.canParse(referer)) return '/'
  const { pathname, search } = new URL(referer)
  return pathname + search
}
