import { type Reply, type Request, redirect, type Services } from '@tessera/core'
import { ownPath, wantsJson } from './answer.ts'
import { textIn } from './body.ts'
import { cookies, toCookie } from './cookies.ts'
import { chosenLooks, keepLooks } from './looks.ts'
import { readerOf } from './reader.ts'
import { updateRow } from './rows.ts'

/** What is folded belongs to the browser; theme, row height, shortcuts and language to the user, and to the browser for whoever is not signed in. */
export async function preferencesPage(services: Services, request: Request): Promise<Reply> {
  const locale = textIn(request, 'locale')
  const folded = textIn(request, 'folded')
  const { app, records } = readerOf(services)
  const language = locale !== undefined && app.texts.has(locale) ? locale : undefined
  const looks = chosenLooks((name) => textIn(request, name))
  const chosen = {
    ...(looks.theme && { [cookies.theme]: looks.theme }),
    ...(language !== undefined && { [cookies.language]: language }),
    ...(looks.density && { [cookies.density]: looks.density }),
    ...(folded !== undefined && { [cookies.folded]: folded === '' ? null : toCookie(folded.slice(0, 500)) }),
  }
  await keepLooks(services, looks)
  const { id } = services.context.caller
  if (id !== null && language !== undefined && app.models.actor?.fields.has('language')) {
    await updateRow(records, app.models.actor, id, { language })
  }
  const back = redirect(ownPath(textIn(request, 'back') || refererOf(request)), { cookies: chosen })
  return wantsJson(request) ? { ...back, status: 204, headers: {} } : back
}

/** The page on which the form stood, when it did not say: one of this application, whatever its path looks like. */
export function refererOf({ headers }: Pick<Request, 'headers'>, otherwise = '/'): string {
  const { referer } = headers
  if (referer === undefined || !URL.canParse(referer)) return otherwise
  const { pathname, search } = new URL(referer)
  return ownPath(pathname + search, otherwise)
}
