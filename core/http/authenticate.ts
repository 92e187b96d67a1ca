/** Who comes: by API key below /api, else by session, else nobody. */
import type { Context, Credential } from '../access/caller.ts'
import type { Profile } from '../access/callers.ts'
import { looking } from '../access/looking.ts'
import { Unauthorized } from '../errors.ts'
import { isLooking, onlyLooking } from '../records/guard.ts'
import type { KnownKey, Services } from '../service/services.ts'
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
  const limitKey = keyLimiter()
  const locales = [...new Set(['en', ...deps.composition.texts.keys()])]
  const { anonymous, profileOf } = deps.callers
  const contextOf = (http: Http, { caller, locale, zone }: Profile, credential?: Credential): Context => ({
    caller,
    credential,
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
    // What goes wrong before it is known who asks has a page too.
    http.state.services = nobody
    const { profile, session, formSecret, key, credential, hasEnded = false } = await find(http, nobody)
    if (profile) http.state.caller = profile.caller
    if (session !== undefined) http.state.session = session
    if (hasEnded) http.state.hasEnded = true
    if (formSecret !== undefined) http.state.formSecret = formSecret
    if (profile) http.state.services = deps.servicesFor(contextOf(http, profile, credential))
    if (key !== undefined) {
      allowOrigin(http, key.origins, ownOrigin)
      await limitKey(http, key.key, key.perMinute)
    } else if (!isSafe(http.method)) {
      refuseOtherSites(http.headers, ownOrigin)
      if (formSecret !== undefined && isApi(http.path)) {
        refuseWithoutToken(formSecret, http.headers['x-csrf-token'])
        // Pages say themselves which of them end the looking.
        if (isLooking(credential)) throw onlyLooking(profile!.caller.name)
      }
    }
    await next()
  }

  async function find(http: Http, { identity }: Services): Promise<Found> {
    const { authorization } = http.headers
    if (authorization !== undefined && isApi(http.path)) {
      const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
      const found = token === undefined ? undefined : await identity.userOfKey(token)
      const profile = found && (await profileOf(found.user, found.scopes))
      if (!found || !profile) {
        await allowServed(http, identity, ownOrigin)
        throw new Unauthorized('http.unknown_key', 'This API key is not known here, or it has expired or was revoked.')
      }
      return { profile, key: found, credential: { kind: 'key', id: found.key, scopes: found.scopes } }
    }
    const token = cookie.read(http)
    const found = token === undefined ? undefined : await identity.userOfSession(token)
    const owner = found && (await profileOf(found.user))
    if (token === undefined || !owner) return { hasEnded: token !== undefined }
    const session = found.renew && opensPage(http) ? await renewed(http, identity, token) : token
    const { id, confirmedAt, viewing } = found
    const seen = viewing === undefined ? undefined : await profileOf(viewing)
    if (!seen) return { profile: owner, session, formSecret: session, credential: { kind: 'session', id, confirmedAt } }
    const viewedBy = { id: found.user, name: owner.caller.name }
    const profile = { ...seen, caller: { ...seen.caller, ability: looking(seen.caller.ability) } }
    // A form that was loaded while he looked as somebody must not do anything once he is himself again.
    return { profile, session, formSecret: `${session} ${viewing}`, credential: { kind: 'session', id, confirmedAt, viewedBy } }
  }

  /** The browser keeps the new token with this answer; requests that are under way still bring the old one. */
  async function renewed(http: Http, identity: Services['identity'], token: string): Promise<string> {
    const fresh = await identity.renewSession?.(token)
    if (!fresh) return token
    cookie.write(http, fresh)
    return fresh.token
  }
}

/** A whole page, whose forms then hold the new token: not a part of one, nor a file. */
function opensPage({ method, path, headers }: Http): boolean {
  return method === 'GET' && !isApi(path) && (headers.accept ?? '').includes('text/html') && headers['hx-request'] === undefined
}

interface Found {
  /** The browser has a session of which nobody knows any more. */
  readonly hasEnded?: boolean
  readonly profile?: Profile
  readonly session?: string
  readonly formSecret?: string
  readonly key?: KnownKey
  readonly credential?: Credential
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
