/** Who comes: by API key below /api, else by session, else nobody. */
import type { Context } from '../access/caller.ts'
import type { Profile } from '../access/callers.ts'
import { Unauthorized } from '../errors.ts'
import type { Services } from '../service/services.ts'
import { allowOrigin, allowServed, answerPreflight, isPreflight } from './cors.ts'
import { isSafe, refuseOtherSites, refuseWithoutToken } from './csrf.ts'
import { isApi } from './failure.ts'
import { keyLimiter } from './limits.ts'
import type { SessionCookie } from './session.ts'
import type { Http, HttpDeps, Middleware } from './state.ts'

/**
 * Sets the caller and the services of the request. A request with a key ignores cookies; one with a session that changes
 * something through the API must come from this site and send the session's token as `x-csrf-token` (pages check theirs when
 * they have read the form).
 */
export function authenticate(deps: HttpDeps, cookie: SessionCookie): Middleware {
  const limitKey = keyLimiter(deps.limitOfKey)
  const locales = [...new Set(['en', ...deps.composition.texts.keys()])]
  const { anonymous, profileOf } = deps.callers
  const contextOf = (http: Http, { caller, locale, zone }: Profile): Context => ({
    caller,
    locale: locale ?? chosenLocale(http, locales) ?? acceptedLocale(http, locales),
    zone,
    door: isApi(http.path) ? 'api' : 'web',
    now: new Date(),
    requestId: http.state.requestId,
  })
  const ownOrigin = new URL(deps.config.baseUrl).origin

  return async (http, next) => {
    const nobody = deps.servicesFor(contextOf(http, { caller: anonymous, locale: undefined, zone: 'UTC' }))
    if (isPreflight(http)) return answerPreflight(http, nobody.identity)
    const { profile, session, key, origins } = await find(http, nobody)
    if (profile) http.state.caller = profile.caller
    if (session !== undefined) http.state.session = session
    http.state.services = profile ? deps.servicesFor(contextOf(http, profile)) : nobody
    if (key !== undefined) {
      allowOrigin(http, origins ?? [], ownOrigin)
      await limitKey(http, key)
    } else if (!isSafe(http.method)) {
      refuseOtherSites(http.headers, ownOrigin)
      if (session !== undefined && isApi(http.path)) refuseWithoutToken(session, http.headers['x-csrf-token'])
    }
    await next()
  }

  async function find(http: Http, { identity }: Services): Promise<Found> {
    const { authorization } = http.headers
    if (authorization !== undefined && isApi(http.path)) {
      const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
      const found = token === undefined ? undefined : await identity.userOfKey(token)
      const profile = found && (await profileOf(found.user))
      if (!found || !profile) {
        await allowServed(http, identity, ownOrigin)
        throw new Unauthorized('http.unknown_key', 'This API key is not known here, or it has expired or was revoked.')
      }
      return { profile, key: found.key, origins: found.origins }
    }
    const session = cookie.read(http)
    const found = session === undefined ? undefined : await identity.userOfSession(session)
    const profile = found && (await profileOf(found.user))
    return session !== undefined && profile ? { profile, session } : {}
  }
}

interface Found {
  readonly profile?: Profile
  readonly session?: string
  readonly key?: string
  /** Whose pages may use the key. */
  readonly origins?: readonly string[]
}

/** Who has no account yet chooses by this cookie, which the client sets. */
function chosenLocale(http: Http, locales: readonly string[]): string | undefined {
  const chosen = http.cookies.get('tessera-language')
  return locales.find((each) => each === chosen)
}

function acceptedLocale(http: Http, locales: readonly string[]): string {
  if (http.headers['accept-language'] === undefined) return 'en'
  return http.acceptsLanguages([...locales]) || 'en'
}
