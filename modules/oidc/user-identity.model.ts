import { User } from '@tessera/base'
import { defineModel, type Fields, given, type Model, p, type Services } from '@tessera/core'
import { IdentityProvider } from './identity-provider.model.ts'

const fields = {
  provider: () => p.manyToOne(IdentityProvider),
  subject: p.string(),
  user: () => p.manyToOne(User),
  lastSignInAt: p.datetime().nullable(),
}

/** What an identity provider calls a user of ours: by this he is recognised, whatever becomes of his name and address. */
export interface UserIdentity extends Fields<typeof fields> {}
export const UserIdentity: Model<UserIdentity> = defineModel('userIdentity', fields, {
  label: 'Connected account',
  title: given(['provider.label', 'user.name'], ({ provider, user }) => `${user.name}, ${provider.label}`),
  icon: 'id',
  order: { createdAt: 'desc' },
  fields: {
    provider: { label: 'Identity provider', readonly: true },
    subject: { readonly: true, help: 'What the provider calls this person.' },
    user: { readonly: true },
    lastSignInAt: { label: 'Last sign-in', readonly: true },
  },
  around: {
    async create(draft, next, services) {
      const made = await next(draft)
      await note(services, made.id, 'connected')
      return made
    },
    async remove(its, next, services) {
      // Asked before: afterwards nothing says whose it was.
      await note(services, its.id, 'disconnected')
      await next()
    },
  },
  unique: {
    subject: { of: ['provider', 'subject'], else: 'This account of the provider is connected already.' },
    user: { of: ['provider', 'user'], else: 'This user has a connected account of the provider already.' },
  },
})

async function note({ audit, asSystem }: Services, id: string, change: string): Promise<void> {
  const records = asSystem('What the audit log keeps does not depend on what the doer may read.')
  const { provider, user, subject } = await records.get(UserIdentity, id, ['provider.name', 'user', 'subject'])
  await audit.note('identity.linked', {
    model: 'userIdentity',
    record: id,
    user: user.id,
    details: { change, provider: provider.name },
    personal: { subject },
  })
}
