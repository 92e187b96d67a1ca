import { defineModel, type Fields, given, type Model, p } from '@tessera/core'
import { AuditEntry } from './audit-entry.model.ts'
import { onlyErasedIn } from './audit-keeps.ts'

const fields = {
  entry: () => p.manyToOne(AuditEntry).createForeignKeyConstraint(false),
  salt: p.string().nullable(),
  details: p.json().$type<unknown>().nullable(),
}

/**
 * What an entry of the audit log knows of people: names, addresses, the device. The entry itself holds its salted hash alone, so
 * that it can be erased, salt and all, and the chain still holds.
 */
export interface AuditPersonal extends Fields<typeof fields> {}
export const AuditPersonal: Model<AuditPersonal> = defineModel('auditPersonal', fields, {
  label: 'Personal details of an audit entry',
  plural: 'Personal details of audit entries',
  title: given(['entry.kind'], ({ entry }) => entry.kind),
  exposed: false,
  unique: { entry: { of: ['entry'], else: 'This entry has its personal details already.' } },
  ddl: onlyErasedIn('audit_personal'),
})
