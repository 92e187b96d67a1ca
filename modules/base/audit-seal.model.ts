import { defineModel, type Fields, given, type Model, p } from '@tessera/core'
import { AuditEntry } from './audit-entry.model.ts'
import { onlyAddedTo } from './audit-keeps.ts'

const fields = {
  number: p.integer(),
  entry: () => p.manyToOne(AuditEntry).createForeignKeyConstraint(false),
  mac: p.string(),
  entryKey: p.string().persist(false),
}

/** One link of the chain: the place of an entry, and a code over it and all before it that only the deployment's key makes. */
export interface AuditSeal extends Fields<typeof fields> {}
export const AuditSeal: Model<AuditSeal> = defineModel('auditSeal', fields, {
  label: 'Seal of an audit entry',
  plural: 'Seals of audit entries',
  title: given(['number'], ({ number }) => String(number)),
  exposed: false,
  // The id as it is kept, also when somebody removed the entry.
  fields: { entryKey: { only: [], sql: ({ entry }) => `${entry}::text` } },
  appendOnly: true,
  unique: {
    number: { of: ['number'], else: 'The place {number} of the audit log is taken.' },
    entry: { of: ['entry'], else: 'This entry of the audit log is sealed already.' },
  },
  ddl: onlyAddedTo('audit_seal'),
})
