import { extend, type Fields, given, p, patch, patchView } from '@tessera/core'
import { Partner, partnerForm } from '@tessera/partner'
import { Enrolment } from './program.model.ts'

const fields = {
  sppRegistrantType: p.enum(['individual', 'group']).nullable(),
  sppGroup: () => p.manyToOne(Partner).nullable(),
  sppMembers: () => p.oneToMany(Partner).mappedBy('sppGroup'),
  sppMemberCount: p.integer().persist(false),
  sppHead: () => p.manyToOne(Partner).nullable(),
  sppEnrolments: () => p.oneToMany(Enrolment).mappedBy('registrant'),
}
declare module '@tessera/partner' {
  interface Partner extends Fields<typeof fields> {}
}

/** Registrants are partners: a person, or a group of them with a head. */
export const registrantExtension = extend(Partner, fields, {
  fields: {
    sppRegistrantType: { label: 'Registered as', options: { individual: 'Individual', group: 'Group' }, tracked: true },
    sppGroup: { label: 'Group', where: { sppRegistrantType: 'group' }, tracked: true, help: 'The household or group of this person.' },
    sppMembers: { label: 'Members' },
    sppMemberCount: { label: 'Members', count: 'sppMembers' },
    sppHead: { label: 'Head', where: given(['id'], ({ id }) => ({ sppGroup: id })), tracked: true, help: 'Who speaks for the group.' },
    sppEnrolments: { label: 'Enrolments' },
    // Where somebody lives decides what he is entitled to.
    district: { tracked: true },
  },
  checks: {
    spp_group_of_groups: {
      holds: { $or: [{ sppGroup: null }, { sppRegistrantType: { $ne: 'group' } }] },
      else: 'The group "{name}" cannot be a member of another group.',
    },
    spp_head_of_group: {
      holds: { $or: [{ sppHead: null }, { sppRegistrantType: 'group' }] },
      else: 'Only a group has a head. Register "{name}" as a group, or leave the head empty.',
    },
  },
  around: {
    create: (draft, next) => next({ ...draft, ...numberIn(draft) }),
    update: (_, changes, next) => next({ ...changes, ...numberIn(changes) }),
  },
  // A number is looked up by its beginning, however it was written.
  ddl: {
    spp_registry_number: {
      up: 'create index partner_spp_registry_number on partner (upper(spp_registrant) text_pattern_ops) where spp_registrant is not null',
      down: 'drop index partner_spp_registry_number',
    },
  },
})

/** Registries print one number in many ways: "hh 00418" is HH-00418. */
function numberIn({ sppRegistrant }: { readonly sppRegistrant?: string | null | undefined }): { readonly sppRegistrant?: string } {
  return typeof sppRegistrant === 'string' ? { sppRegistrant: sppRegistrant.trim().toUpperCase().replace(/\s+/g, '-') } : {}
}

const isNoGroup = { sppRegistrantType: { $ne: 'group' } } as const
export const registrantViews = [
  patchView(partnerForm, {
    after: 'people',
    insert: [
      {
        tab: 'registry',
        label: 'Registry',
        of: [
          'sppRegistrantType',
          { field: 'sppGroup', hidden: { sppRegistrantType: 'group' } },
          { field: 'sppHead', hidden: isNoGroup },
          { field: 'sppMembers', list: ['name', 'sppRegistrant', 'phone'], hidden: isNoGroup },
        ],
      },
    ],
  }),
  patch(Partner, {
    form: { in: 'links', insert: [{ link: 'sppEnrolments', label: 'Enrolments', icon: 'id' }] },
    list: { after: 'company', insert: [{ field: 'sppMemberCount', optional: 'hidden' }] },
    search: { filters: { groups: { sppRegistrantType: 'group' } }, groups: ['sppRegistrantType'], facets: ['sppRegistrantType'] },
  }),
]
