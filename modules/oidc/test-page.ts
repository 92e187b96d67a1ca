/** What a provider says about itself, and whether that is enough to sign in with it. It changes nothing. */
import { administrator } from '@tessera/base'
import { type Page, page, type Reply, type Request, type Services, UserError } from '@tessera/core'
import { templates } from '@tessera/web'
import type { ServerMetadata } from 'openid-client'
import { discover } from './client.ts'
import { IdentityProvider, IdentityRole } from './identity-provider.model.ts'
import { inDetail, inWords } from './refusals.ts'

const render = templates(new URL('templates/', import.meta.url))

export const testPage: Page = page('GET /identity-providers/:id/test', { may: administrator, respond: testProvider })

interface Finding {
  readonly icon: 'circle-check' | 'alert-triangle' | 'alert-circle'
  readonly tone: 'good' | 'warning' | 'bad'
  readonly text: string
  /** As the provider or the library has it. */
  readonly detail?: string
}

async function testProvider(request: Request<{ id: string }>, services: Services): Promise<Reply> {
  const { records, oidc, screens, text, asSystem } = services
  // First with the rules of whoever asks; the sealed secret is nobody's to read.
  await records.get(IdentityProvider, request.params.id, ['label'])
  const system = asSystem('A provider is tested with all that it is set up with.')
  const provider = await system.get(IdentityProvider, request.params.id)
  const roles = await system.count(IdentityRole, { where: { provider: provider.id } })
  const findings = [...(await askedOf(provider, services)), ...setUpOf(provider, roles, services)]
  const isUsable = findings.every(({ tone }) => tone !== 'bad')
  const content = render(
    'test',
    {
      findings,
      isUsable,
      issuer: provider.issuer,
      returnAddress: oidc.returnAddress(provider),
      back: `/identity-providers/${provider.id}`,
    },
    services,
  )
  return screens.page(request, { title: text('oidc.test_of', { provider: provider.label }), content, at: '/identity-providers' })
}

/** What the provider answers. */
async function askedOf(provider: IdentityProvider, services: Services): Promise<readonly Finding[]> {
  const { text } = services
  try {
    const metadata = (await discover(provider, services)).serverMetadata()
    return [good(text('oidc.test_reached', { issuer: metadata.issuer })), ...offered(metadata, provider, services)]
  } catch (error) {
    const { code, values } = inWords(error, provider.label)
    return [bad(text(code, values), error instanceof UserError ? undefined : inDetail(error))]
  }
}

function offered(metadata: ServerMetadata, provider: IdentityProvider, { text }: Services): readonly Finding[] {
  const missing = (['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const).filter((each) => metadata[each] === undefined)
  const flows = metadata.response_types_supported
  const challenges = metadata.code_challenge_methods_supported
  const unknown = provider.scopes.split(' ').filter((each) => metadata.scopes_supported && !metadata.scopes_supported.includes(each))
  return [
    ...missing.map((name) => bad(text('oidc.test_missing', { name }))),
    ...(flows && !flows.includes('code') ? [bad(text('oidc.test_no_code'))] : []),
    challenges?.includes('S256') ? good(text('oidc.test_pkce')) : warning(text('oidc.test_no_pkce')),
    ...(unknown.length > 0 ? [warning(text('oidc.test_scopes', { scopes: unknown.join(' ') }))] : []),
  ]
}

/** What does not go together in what was entered here. */
function setUpOf(provider: IdentityProvider, roles: number, { text }: Services): readonly Finding[] {
  return [
    provider.clientSecret === null ? warning(text('oidc.test_no_secret')) : good(text('oidc.test_secret')),
    ...(provider.rolesClaim !== null && roles === 0 ? [warning(text('oidc.test_no_roles'))] : []),
    ...(provider.createUsers && roles === 0 ? [warning(text('oidc.test_nobody_may'))] : []),
    ...(provider.active ? [] : [warning(text('oidc.test_off'))]),
  ]
}

const good = (text: string): Finding => ({ icon: 'circle-check', tone: 'good', text })
const warning = (text: string): Finding => ({ icon: 'alert-triangle', tone: 'warning', text })
const bad = (text: string, detail?: string): Finding => ({
  icon: 'alert-circle',
  tone: 'bad',
  text,
  ...(detail !== undefined && { detail }),
})
