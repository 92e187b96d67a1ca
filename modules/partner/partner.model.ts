import { defineModel, type Fields, form, given, list, type Model, p, search } from '@tessera/core'
import { z } from 'zod'
import { guardPartner } from './guard.ts'
import { PartnerTag } from './partner-tag.model.ts'

const fields = {
  kind: p.enum(['person', 'company']).default('person'),
  name: p.string(),
  email: p.string().nullable(),
  phone: p.string().nullable(),
  language: p.string().nullable(),
  street: p.string().nullable(),
  city: p.string().nullable(),
  postcode: p.string().nullable(),
  district: p.string().nullable(),
  country: p.string().nullable(),
  company: () => p.manyToOne(Partner).nullable(),
  managesCompany: p.boolean().default(false),
  contacts: () => p.oneToMany(Partner).mappedBy('company'),
  tags: () => p.manyToMany(PartnerTag),
  active: p.boolean().default(true),
  externalId: p.string().nullable(),
  invented: p.boolean().default(false),
}

/** A person or company that the organisation deals with: who asks, who supplies, who is served. */
export interface Partner extends Fields<typeof fields> {}
export const Partner: Model<Partner> = defineModel('partner', fields, {
  title: 'name',
  icon: 'address-book',
  order: { name: 'asc' },
  fields: {
    kind: { options: { person: 'Person', company: 'Company' } },
    name: { valid: z.string().min(1).max(200), tracked: true },
    email: { valid: z.email(), tracked: true },
    phone: { valid: z.string().max(40), tracked: true },
    // Somebody is one person: a company that is like another has people of its own.
    contacts: { copy: false },
    language: { help: 'A language code, for example en or fr.' },
    country: { valid: z.string().regex(/^[A-Z]{2}$/), help: 'The two letters of the country, for example FR.' },
    company: {
      where: { kind: 'company' },
      tracked: true,
      help: 'The company that this person works for, or that this company belongs to.',
    },
    managesCompany: {
      label: 'Sees the requests of the whole company',
      tracked: true,
      help: 'As a customer, this person sees and answers what the company and its other people asked.',
    },
    active: { tracked: true },
    externalId: { label: 'External id', help: 'What another system calls this partner; an import finds it by this.' },
    invented: { label: 'Made up for demonstration', copy: false },
  },
  guard: guardPartner,
  checks: {
    own_company: {
      holds: given(['company'], ({ id, company }) => !company || company.id !== id),
      else: '"{name}" cannot be its own company. Choose another company, or leave it empty.',
    },
  },
  unique: { external_id: { of: ['externalId'], else: 'There is already a partner with the external id {externalId}.' } },
})

export const partnerList = list(
  Partner,
  [
    { field: 'name', as: 'person' },
    'email',
    'phone',
    'company',
    { field: 'district', optional: 'hidden' },
    { field: 'city', optional: 'shown' },
    { field: 'tags', as: 'tags', optional: 'hidden' },
  ],
  { filter: ['active'], tones: { muted: { active: false } } },
)
export const partnerForm = form(Partner, [
  'name',
  {
    group: 'contact',
    of: [
      'kind',
      'email',
      'phone',
      'language',
      { field: 'company', hidden: { kind: 'company', company: null } },
      { field: 'managesCompany', hidden: { company: null } },
    ],
  },
  { group: 'address', of: ['street', 'postcode', 'city', 'district', 'country'] },
  {
    tab: 'people',
    label: 'Contacts',
    of: [{ field: 'contacts', as: 'lines', list: ['name', 'email', 'phone'], hidden: { kind: 'person' } }],
  },
  {
    tab: 'more',
    of: [{ field: 'tags', as: 'tags' }, 'active', 'externalId', { field: 'invented', readonly: true, hidden: { invented: false } }],
  },
])
export const partnerSearch = search(Partner, {
  texts: ['name', 'email', 'phone', 'company.name'],
  filters: {
    active: { active: true },
    archived: { active: false },
    persons: { kind: 'person' },
    companies: { kind: 'company' },
  },
  groups: ['kind', 'company', 'city', 'district'],
  facets: ['kind', 'tags', 'company'],
})
