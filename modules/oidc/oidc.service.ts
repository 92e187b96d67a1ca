import type { OpenedSession, Origin } from '@tessera/base'
import { NotFound, type Services, UserError } from '@tessera/core'
import type { Configuration } from 'openid-client'
import { type Attempt, begin, end, type Purpose, type Way } from './attempts.ts'
import { type Person, personIn } from './claims.ts'
import { configurationOf, library } from './client.ts'
import { IdentityProvider } from './identity-provider.model.ts'
import { accountOf } from './people.ts'
import { inWords } from './refusals.ts'

declare module '@tessera/core' {
  interface Services {
    oidc: OidcService
  }
}

/** Where somebody is sent, and what his browser must remember until he is back. */
export interface Departure {
  readonly address: URL
  /** The site that the provider names as its own. */
  readonly origin: string
  readonly browser: string
}

/** Who came back. */
export interface Arrival {
  readonly person: Person
  readonly provider: IdentityProvider
  /** The user who wants to connect his account; null for somebody who signs in. */
  readonly connecting: string | null
  /** When the provider saw last that it is he; undefined where it does not say. */
  readonly seenAt: Date | undefined
}

/** Signing in through OpenID Connect: authorization code with PKCE (S256), state, nonce, issuer and signature checked. */
export class OidcService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** The providers that are on, by label. */
  async active(): Promise<readonly { readonly name: string; readonly label: string }[]> {
    const { rows } = await this.#system.query(IdentityProvider, { fields: ['name', 'label'], where: { active: true }, limit: 20 })
    return rows
  }

  /** The provider of this name, while it is on. */
  async provider(name: string): Promise<IdentityProvider> {
    const provider = await this.#system.find(IdentityProvider, { name, active: true })
    if (!provider) throw new NotFound('oidc.no_provider', 'This way to sign in does not exist, or is switched off. Choose another one.')
    return provider
  }

  /** Sends somebody off. `browser` is the cookie of an attempt in another tab. */
  async depart(provider: IdentityProvider, about: Purpose, browser: string | undefined): Promise<Departure> {
    const configuration = await this.#ask(provider, () => configurationOf(provider, this.#services))
    const way = await begin(provider, about, browser, this.#services)
    const address = await this.#ask(provider, () => this.#addressOf(provider, configuration, way, Boolean(about.confirming)))
    return { address, origin: address.origin, browser: way.browser }
  }

  /** Finds the attempt that an answer belongs to, and ends it: there is no second answer. */
  async return(provider: IdentityProvider, state: string | null, browser: string | undefined): Promise<Attempt> {
    return end(provider, state, browser, this.#services)
  }

  /** Checks the answer with the provider. */
  async arrive(provider: IdentityProvider, answer: URLSearchParams, { way, connecting }: Attempt): Promise<Arrival> {
    const claims = await this.#ask(provider, () => this.#claimsOf(provider, answer, way))
    const person = personIn(claims, provider)
    const seenAt = typeof claims.auth_time === 'number' ? new Date(claims.auth_time * 1000) : undefined
    if (person) return { person, provider, connecting, seenAt }
    throw new UserError('oidc.no_subject', '{provider} did not say who you are. Tell an administrator.', { provider: provider.label })
  }

  /** Opens a session for whom the provider has named. */
  async signIn({ person, provider }: Arrival, from: Origin): Promise<OpenedSession> {
    const user = await accountOf(provider, person, this.#services)
    return this.#services.identity.openSession(user, from)
  }

  /** Where the provider sends people back to; it must be registered there. */
  returnAddress({ name }: Pick<IdentityProvider, 'name'>): string {
    return `${this.#services.config.baseUrl}/sign-in/with/${name}/return`
  }

  async #addressOf(
    provider: IdentityProvider,
    configuration: Configuration,
    { state, nonce, verifier }: Way,
    isAnew: boolean,
  ): Promise<URL> {
    const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await library()
    return buildAuthorizationUrl(configuration, {
      redirect_uri: this.returnAddress(provider),
      scope: [...new Set(['openid', ...provider.scopes.split(' ')])].join(' '),
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      // Whoever is signed in there must show again that it is he, and the provider tell when.
      ...(isAnew && { prompt: 'login', max_age: '0' }),
    })
  }

  /** What the ID token says, and of the rest what only the user info endpoint tells. */
  async #claimsOf(
    provider: IdentityProvider,
    answer: URLSearchParams,
    { state, nonce, verifier }: Way,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { authorizationCodeGrant, fetchUserInfo } = await library()
    const configuration = await configurationOf(provider, this.#services)
    const tokens = await authorizationCodeGrant(configuration, new URL(`${this.returnAddress(provider)}?${answer}`), {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (!claims || configuration.serverMetadata().userinfo_endpoint === undefined) return claims ?? {}
    return { ...(await fetchUserInfo(configuration, tokens.access_token, claims.sub)), ...claims }
  }

  async #ask<R>(provider: IdentityProvider, question: () => Promise<R>): Promise<R> {
    try {
      return await question()
    } catch (error) {
      throw inWords(error, provider.label)
    }
  }

  get #system() {
    return this.#services.asSystem('With what one can sign in is known to everybody who wants to.')
  }
}
