import { defineModel, type Fields, form, given, list, type Model, p, search } from '@tessera/core'
import { onlyNumberedIn } from './audit-keeps.ts'
import { auditKinds } from './audit-kinds.ts'
import { AuditPersonal } from './audit-personal.model.ts'
import { AuditSeal } from './audit-seal.model.ts'
import { type Said, saidOf } from './audit-words.ts'
import { User } from './user.model.ts'

const fields = {
  number: p.string().nullable(),
  noted: p.integer().persist(false),
  at: p.datetime(),
  kind: p.enum(auditKinds),
  actor: () => p.manyToOne(User).createForeignKeyConstraint(false).nullable(),
  door: p.string(),
  subject: () => p.manyToOne(User).createForeignKeyConstraint(false).nullable(),
  model: p.string().nullable(),
  record: p.string().nullable(),
  details: p.json().$type<unknown>(),
  personalHash: p.string().nullable(),
  summary: p.json().$type<Said>().persist(false),
  actorKey: p.string().nullable().persist(false),
  subjectKey: p.string().nullable().persist(false),
  seals: () => p.oneToMany(AuditSeal).mappedBy('entry'),
  parts: () => p.oneToMany(AuditPersonal).mappedBy('entry'),
  personal: p.json().$type<unknown>().nullable().persist(false),
  personalNote: p.json().$type<Said>().nullable().persist(false),
}

/**
 * One deed that matters to security. Only ever added; chained to the ones before it by its seal. People are named by id alone:
 * what else is known of them stands apart and can be erased.
 */
export interface AuditEntry extends Fields<typeof fields, 'summary'> {}
export const AuditEntry: Model<AuditEntry> = defineModel('auditEntry', fields, {
  label: 'Audit entry',
  plural: 'Audit entries',
  // In every language the same; that the sentence is named here makes its column the one that opens an entry.
  title: given(['at', 'summary'], ({ at }) => at.toISOString().slice(0, 19).replace('T', ' ')),
  icon: 'shield',
  order: { at: 'desc' },
  appendOnly: true,
  fields: {
    // Without a gap, so that one that is removed before it is sealed is missed.
    number: { only: [], sequence: { format: '{0}', gapFree: true }, readonly: true },
    noted: { only: [], sql: () => `coalesce((select value from tessera_counter where name = 'audit_entry_number'), 0)::int` },
    at: { label: 'When' },
    kind: { label: 'What', options: auditKindLabels() },
    actor: { label: 'Who', help: 'Empty where nobody was signed in, or the system acted.' },
    subject: { label: 'Whom it concerns' },
    model: { label: 'Of the model' },
    record: { label: 'Record' },
    personalHash: { label: 'Fingerprint of the personal details' },
    // The ids as they are kept, also when there is no such user any more: what is sealed.
    actorKey: { only: [], sql: ({ actor }) => `${actor}::text` },
    subjectKey: { only: [], sql: ({ subject }) => `${subject}::text` },
    seals: { only: [] },
    parts: { only: [] },
    personal: {
      label: 'Personal details',
      help: 'They stand apart and can be erased; the entry stays.',
      sql: ({ id }) => `(select part.details from audit_personal part where part.entry_id = ${id})`,
    },
    personalNote: {
      label: 'Erasure',
      compute: given(['personalHash', 'personal'], ({ personalHash, personal }) =>
        personalHash === null ? null : { code: `base.audit.personal_${personal === null ? 'erased' : 'kept'}`, values: {} },
      ),
    },
    summary: {
      label: 'What happened',
      compute: given(['kind', 'actor.name', 'actorKey', 'subject.name', 'subjectKey', 'record', 'door', 'details'], (entry) =>
        saidOf(entry),
      ),
    },
  },
  indexes: [{ of: ['record'] }, { of: ['kind', 'at'] }],
  ddl: onlyNumberedIn('audit_entry'),
})

export const auditViews = [
  list(
    AuditEntry,
    [
      'at',
      { field: 'summary', as: 'sentence', wide: true },
      { field: 'kind', as: 'badge' },
      { field: 'actor', optional: 'hidden' },
      { field: 'subject', optional: 'hidden' },
      { field: 'door', optional: 'shown' },
      { field: 'model', optional: 'hidden' },
      { field: 'record', optional: 'hidden' },
    ],
    { tones: { warning: { kind: 'sign-in.refused' } } },
  ),
  form(AuditEntry, [
    { field: 'summary', as: 'sentence', wide: true },
    { group: 'deed', label: 'What was done', of: ['at', { field: 'kind', as: 'badge' }, 'actor', 'subject', 'door'] },
    { group: 'about', label: 'About', of: ['model', 'record', { field: 'details', as: 'facts', wide: true }] },
    {
      group: 'people',
      label: 'Personal part',
      hidden: { personalHash: null },
      of: [
        { field: 'personal', as: 'facts', wide: true },
        { field: 'personalNote', as: 'sentence', wide: true },
      ],
    },
  ]),
  search(AuditEntry, {
    texts: ['actor.name', 'actor.email', 'subject.name', 'subject.email', 'record'],
    filters: {
      people: { kind: { $in: ['sign-in', 'sign-in.refused', 'sign-out', 'session.ended', 'password.changed'] } },
      rights: { kind: { $in: ['role', 'rule', 'user.rights', 'user.deactivated', 'key.created', 'key.changed', 'key.revoked'] } },
      refused: { kind: 'sign-in.refused' },
      exports: { kind: 'export' },
    },
    groups: ['kind', 'actor', 'subject', 'door', 'at:day'],
    facets: ['kind', 'actor', 'subject'],
  }),
]

function auditKindLabels(): Readonly<Record<string, string>> {
  const labels: Readonly<Record<(typeof auditKinds)[number], string>> = {
    'sign-in': 'Sign-in',
    'sign-in.refused': 'Refused sign-in',
    'sign-out': 'Sign-out',
    'session.ended': 'Session ended',
    'password.changed': 'Password',
    'second-factor.on': 'Second factor on',
    'second-factor.off': 'Second factor off',
    'second-factor.reset': 'Second factor reset',
    'recovery-code.used': 'Recovery code',
    invitation: 'Invitation',
    'link.shown': 'Link shown',
    role: 'Role',
    rule: 'Rules',
    'user.rights': 'Rights of a user',
    'user.deactivated': 'Deactivation',
    'key.created': 'Key created',
    'key.changed': 'Key changed',
    'key.revoked': 'Key revoked',
    module: 'Module',
    job: 'Job',
    export: 'Export',
    explain: 'Access explained',
    'view-as.begun': 'View as begun',
    'view-as.ended': 'View as ended',
    'identity.linked': 'Identity linked',
    settings: 'Settings',
    'personal.erased': 'Erasure',
  }
  return labels
}
