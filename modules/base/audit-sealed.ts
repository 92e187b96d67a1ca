import type { Seen } from '@tessera/core'
import type { Sealable } from './audit-chain.ts'
import type { AuditEntry } from './audit-entry.model.ts'

/** What is read of an entry to seal it or to check its seal. */
export const sealedFields = [
  'number',
  'at',
  'kind',
  'actorKey',
  'door',
  'subjectKey',
  'model',
  'record',
  'details',
  'personalHash',
] as const

export function sealableOf(entry: Seen<AuditEntry, (typeof sealedFields)[number]>): Sealable {
  const { actorKey: actor, subjectKey: subject, number: noted, ...rest } = entry
  return { ...rest, noted, actor, subject }
}
