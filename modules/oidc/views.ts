import { form, list, search } from '@tessera/core'
import { IdentityProvider, IdentityRole, setSecret, test } from './identity-provider.model.ts'
import { UserIdentity } from './user-identity.model.ts'

export const views = [
  list(IdentityProvider, ['label', 'name', 'issuer', 'active'], { tones: { muted: { active: false } } }),
  form(
    IdentityProvider,
    [
      'label',
      { group: 'provider', label: 'Provider', of: ['name', 'issuer', 'clientId', 'scopes', 'active'] },
      { group: 'people', label: 'People', of: ['createUsers', 'linkByEmail', 'trustEmails', 'rolesClaim'] },
      { tab: 'roleMap', label: 'Roles by claim', of: [{ field: 'roles', as: 'lines', list: ['value', 'role'] }] },
    ],
    { buttons: [test, setSecret], links: ['identities'] },
  ),
  search(IdentityProvider, { texts: ['label', 'name', 'issuer'], filters: { active: { active: true } } }),
  list(IdentityRole, ['provider', 'value', 'role']),
  form(IdentityRole, ['provider', 'value', 'role']),
  search(IdentityRole, { texts: ['value'], facets: ['provider', 'role'] }),
  list(UserIdentity, [{ field: 'user', as: 'person' }, 'provider', 'subject', 'lastSignInAt']),
  form(UserIdentity, ['user', 'provider', 'subject', 'lastSignInAt']),
  search(UserIdentity, { texts: ['user.name', 'user.email', 'subject'], facets: ['provider', 'user'] }),
]
