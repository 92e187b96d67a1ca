/** What goes wrong between a provider and us, in sentences for the person who wants to sign in. */
import { OutsideRefused, Unauthorized, UserError } from '@tessera/core'

/** The provider is not reached, or does not do its part. */
class ProviderFailure extends UserError {
  override readonly status: number = 502
}

/** Any error as a sentence. What a provider wrote never comes along, except the name of an error as the standards have them. */
export function inWords(error: unknown, provider: string): UserError {
  if (error instanceof UserError) return error
  const { kind, code } = faultOf(error)
  return sentences[kind]({ provider, code }, { cause: error })
}

/** The same for an administrator who sets the provider up: with the reason as the library has it. */
export function inDetail(error: unknown): string {
  const said: string[] = []
  for (let each = error, depth = 0; each instanceof Error && depth < 4; each = each.cause, depth++)
    if (each.message !== '' && !vague.has(each.message) && !said.includes(each.message)) said.push(each.message)
  return said.length > 0 ? said.join(': ').slice(0, 500) : String(error).slice(0, 500)
}
const vague = new Set(['something went wrong'])

type Kind = 'signature' | 'denied' | 'answered' | 'client' | 'clock' | 'unreachable' | 'invalid'
interface Fault {
  readonly kind: Kind
  readonly code?: string
}

const sentences: Readonly<Record<Kind, (about: object, options: { readonly cause: unknown }) => UserError>> = {
  signature: (about, options) =>
    new ProviderFailure(
      'oidc.unknown_signature',
      '{provider} signs its answers in a way that is not accepted here: it must use a key pair (RS256, PS256, ES256 or EdDSA), not the client secret (HS256). Tell an administrator.',
      about,
      options,
    ),
  denied: (about) =>
    new Unauthorized(
      'oidc.denied',
      '{provider} did not let you in: you turned back, or it refused. Try again, or choose another way.',
      about,
    ),
  answered: (about, options) =>
    new ProviderFailure(
      'oidc.answered',
      '{provider} answered with the error "{code}". Try again; if it stays, tell an administrator.',
      about,
      options,
    ),
  client: (about, options) =>
    new ProviderFailure(
      'oidc.client_refused',
      '{provider} does not know this application, or not with this secret. Tell an administrator to check client ID and secret.',
      about,
      options,
    ),
  clock: (about, options) =>
    new ProviderFailure(
      'oidc.clock',
      'The answer of {provider} is too old or from the future: its clock and the one here differ. Tell an administrator.',
      about,
      options,
    ),
  unreachable: (about, options) =>
    new ProviderFailure(
      'oidc.unreachable',
      '{provider} is not reached at this moment. Try again in a minute, or sign in another way.',
      about,
      options,
    ),
  invalid: (about, options) =>
    new Unauthorized('oidc.not_valid', 'The answer of {provider} does not hold, so nobody was signed in. Start again.', about, options),
}

/** The library wraps what happened; what counts is said somewhere below. */
function faultOf(error: unknown): Fault {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth++) {
    const { code, error: said, cause } = each as { readonly code?: unknown; readonly error?: unknown; readonly cause?: unknown }
    if (isOtherSignature(cause)) return { kind: 'signature' }
    if (each instanceof OutsideRefused || isOfNetwork(code)) return { kind: 'unreachable' }
    const known = typeof code === 'string' ? byCode[code] : undefined
    if (known) return { kind: typeof known === 'string' ? known : known(said), code: standardName(said) }
  }
  return { kind: 'invalid' }
}

/** Signed with the client secret: whoever knows that, such as we, could have made it. */
function isOtherSignature(cause: unknown): boolean {
  const { alg, header } = (cause ?? {}) as { readonly alg?: unknown; readonly header?: { readonly alg?: unknown } }
  return /^HS\d/.test(String(alg ?? header?.alg ?? ''))
}

const byCode: Readonly<Record<string, Kind | ((said: unknown) => Kind)>> = {
  OAUTH_AUTHORIZATION_RESPONSE_ERROR: (said) => (said === 'access_denied' ? 'denied' : 'answered'),
  OAUTH_RESPONSE_BODY_ERROR: (said) =>
    said === 'invalid_grant' ? 'invalid' : said === 'invalid_client' || said === 'unauthorized_client' ? 'client' : 'answered',
  OAUTH_WWW_AUTHENTICATE_CHALLENGE: 'client',
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'clock',
  OAUTH_TIMEOUT: 'unreachable',
  OAUTH_ABORT: 'unreachable',
  OAUTH_RESPONSE_IS_NOT_CONFORM: 'unreachable',
  OAUTH_RESPONSE_IS_NOT_JSON: 'unreachable',
  OAUTH_PARSE_ERROR: 'unreachable',
}

const standardName = (said: unknown): string => (typeof said === 'string' && /^[a-z_]{1,40}$/.test(said) ? said : 'unknown')

/** Of Node: names, connections, certificates. */
function isOfNetwork(code: unknown): boolean {
  return (
    typeof code === 'string' &&
    /^(E(AI_|CONN|HOST|NET|NOTFOUND|PIPE|PROTO|TIMEDOUT)|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_)/.test(code)
  )
}
