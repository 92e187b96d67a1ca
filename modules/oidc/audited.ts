/** What of signing in with a provider is kept in the audit log. */

import type { Origin } from '@tessera/base'
import type { Services, UserError } from '@tessera/core'

/** Somebody whom a provider answered for was not let in. What belongs to no attempt is not kept: anybody could fill the log with it. */
export async function noteRefusal(
  { audit }: Services,
  provider: { readonly id: string; readonly name: string },
  { code }: UserError,
  from: Origin,
): Promise<void> {
  await audit.note('sign-in.refused', {
    model: 'identityProvider',
    record: provider.id,
    details: { provider: provider.name, reason: code },
    personal: { ip: from.ip ?? null, agent: from.agent ?? null },
  })
}

/** A provider, or what its claims give, is set up in another way: which fields, never what they hold. */
export async function noteSetup({ audit }: Services, model: string, record: string, change: string, details: object = {}): Promise<void> {
  await audit.note('settings', { model, record, details: { change, ...details } })
}
