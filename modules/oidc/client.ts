/** Talks to providers. The library is loaded at the first need, so that a start does not pay for it. */
import { type Composition, fetchOutside, type Services, UserError } from '@tessera/core'
import type { ClientAuth, Configuration, CustomFetch } from 'openid-client'
import { type IdentityProvider, sealedFor } from './identity-provider.model.ts'

export const library = () => import('openid-client')

/** The variable that lets a provider stand in a closed network, or by http on this machine. */
const allowance = 'OIDC_ALLOW_PRIVATE'

/** What a provider says about itself, and how this application answers it; kept for an hour, or until the provider is set up anew. */
export async function configurationOf(provider: IdentityProvider, services: Services): Promise<Configuration> {
  const known = knownTo(services.app)
  const key = `${provider.id} ${provider.version}`
  const kept = known.get(provider.id)
  const now = Date.now()
  if (kept && kept.key === key && kept.until > now) return kept.configuration
  const configuration = discover(provider, services)
  known.set(provider.id, { key, until: now + hour, configuration })
  // What failed is asked for again.
  configuration.catch(() => known.delete(provider.id))
  return configuration
}

/** Asks the provider what it is. OidcRefused when it is not what it is set up as. */
export async function discover(provider: IdentityProvider, services: Services): Promise<Configuration> {
  const { discovery, customFetch, enableNonRepudiationChecks, allowInsecureRequests } = await library()
  const server = new URL(provider.issuer)
  const isPlain = server.protocol === 'http:'
  const configuration = await discovery(server, provider.clientId, undefined, await authenticates(secretOf(provider, services)), {
    [customFetch]: guarded(services),
    timeout: seconds,
    // Which http is allowed is up to the guard.
    execute: [enableNonRepudiationChecks, ...(isPlain ? [allowInsecureRequests] : [])],
  })
  const { issuer } = configuration.serverMetadata()
  // Where one address serves many organisations, anybody could be let in.
  if (new URL(issuer).href !== server.href)
    throw new UserError('oidc.other_issuer', 'The provider calls itself "{issuer}". Enter that as the issuer, or the right address.', {
      issuer: issuer.slice(0, 255),
    })
  return configuration
}

/** The client secret; undefined where the provider asks for none. */
function secretOf({ id, clientSecret }: IdentityProvider, { sealing }: Services): string | undefined {
  if (clientSecret === null) return undefined
  const secret = sealing.open(clientSecret, sealedFor(id))
  if (secret !== undefined) return secret
  throw new UserError(
    'oidc.secret_lost',
    'The client secret cannot be read: it was sealed with another secret of this deployment. Set it again, or restore that one.',
  )
}

/** As the provider wants to be told the secret: in the header, which is the default, else in the form. */
async function authenticates(secret: string | undefined): Promise<ClientAuth> {
  const { ClientSecretBasic, ClientSecretPost, None } = await library()
  if (secret === undefined) return None()
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)]
  return (server, ...rest) => {
    const ways = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    return ways.includes('client_secret_basic') ? basic(server, ...rest) : post(server, ...rest)
  }
}

/** Never to the machines behind ours, unless the deployment says so. */
function guarded({ config }: Services): CustomFetch {
  return async (address, { method, headers, body }) => {
    const text = body === undefined || body === null ? {} : { body: textOf(body) }
    const answer = await fetchOutside(address, { method, headers, ...text }, config, allowance)
    const given = Object.entries(answer.headers).filter((each): each is [string, string] => each[1] !== undefined)
    return new Response(answer.text === '' ? null : answer.text, { status: answer.status, headers: given })
  }
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body
  if (body instanceof URLSearchParams) return body.toString()
  throw new TypeError('A provider is sent forms and texts only.')
}

interface Kept {
  readonly key: string
  readonly until: number
  readonly configuration: Promise<Configuration>
}
const known = new WeakMap<Composition, Map<string, Kept>>()

function knownTo(app: Composition): Map<string, Kept> {
  let its = known.get(app)
  if (!its) {
    its = new Map()
    known.set(app, its)
  }
  return its
}

const hour = 3_600_000
const seconds = 10
