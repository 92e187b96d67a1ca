/** What somebody does next to whom something could not be shown or done. */
import type { Request } from '@tessera/core'
import type { Action, ErrorScreen, ErrorStatus } from '../screens.ts'
import { refererOf } from './preferences.ts'
import type { Reader } from './reader.ts'
import { isOpenTo } from './words.ts'

/** The most likely step first; the start stands beside it for whoever is signed in. */
export function nextSteps(reader: Reader, request: Request, status: ErrorStatus, code: string): Pick<ErrorScreen, 'action' | 'other'> {
  const isSignedIn = reader.services.context.caller.id !== null
  const action = likeliest(reader, request, status, code)
  const home: Action = { label: reader.t('web.go_home'), href: '/', method: 'get', icon: 'home' }
  if (!action) return { action: isSignedIn ? home : signIn(reader, request) }
  return { action, ...(isSignedIn && { other: home }) }
}

function likeliest(reader: Reader, request: Request, status: ErrorStatus, code: string): Action | undefined {
  const { t } = reader
  if (status === 401) return signIn(reader, request)
  if (status === 429 || status >= 500) return { label: t('web.try_again'), href: standing(request), method: 'get', icon: 'refresh' }
  if (request.method !== 'GET') {
    const label = t(code === 'http.csrf' || status === 409 ? 'web.load_again' : 'web.back_to_page')
    const href = standing(request)
    return href === '/'
      ? undefined
      : { label, href, method: 'get', icon: code === 'http.csrf' || status === 409 ? 'refresh' : 'arrow-left' }
  }
  const model = reader.app.models.byPath(request.path.split('/')[1] ?? '')
  const isDeeper = request.path.split('/').length > 2
  if (status === 404 && isDeeper && model?.exposed && isOpenTo(reader, model))
    return { label: t('web.back_to_list'), href: `/${model.path}`, method: 'get', icon: 'list' }
  return undefined
}

/** The page that was asked for, or of a form the one on which it stood. */
function standing({ method, path, query, headers }: Request): string {
  if (method !== 'GET') return refererOf({ headers })
  return query.size > 0 ? `${path}?${query}` : path
}

function signIn({ t }: Reader, request: Request): Action {
  const next = standing(request)
  return { label: t('web.sign_in'), href: `/sign-in?${new URLSearchParams({ next })}`, method: 'get', icon: 'login-2' }
}
