import { Team, User } from '@tessera/base'
import { defineModel, type Fields, form, list, type Model, p, search } from '@tessera/core'
import { z } from 'zod'
import { Company } from './company.model.ts'
import { DepartmentService } from './department.model.ts'
import { keptByIdentitySystem } from './lock.ts'
import { City } from './place.model.ts'

const fields = {
  code: p.string(),
  name: p.string(),
  company: () => p.manyToOne(Company),
  city: () => p.manyToOne(City),
  street: p.string().nullable(),
  phone: p.string().nullable(),
  email: p.string().nullable(),
  zone: p.string().nullable(),
  services: () => p.manyToMany(DepartmentService),
  teams: () => p.oneToMany(Team).mappedBy('branch'),
  users: () => p.oneToMany(User).mappedBy('branch'),
  active: p.boolean().default(true),
  externalId: p.string().nullable(),
}

/** A place of a company in a city, where departments offer their services. */
export interface Branch extends Fields<typeof fields> {}
export const Branch: Model<Branch> = defineModel('branch', fields, {
  plural: 'Branches',
  title: 'name',
  code: 'code',
  icon: 'building-store',
  order: { name: 'asc' },
  fields: {
    name: { tracked: true },
    company: { tracked: true },
    email: { valid: z.email() },
    zone: {
      label: 'Time zone',
      valid: z.string().refine(isZone),
      help: 'For example Asia/Baghdad; what an appointment at this branch means.',
    },
    services: { tracked: true, help: 'What a customer can come here for. A ticket goes only to a branch that offers what its type needs.' },
    active: { tracked: true },
    externalId: { label: 'External id', help: 'What the Identity System calls it.' },
  },
  unique: {
    code: { of: ['code'], else: 'There is already a branch with the code "{code}".' },
    external_id: { of: ['externalId'], else: 'There is already a branch with the external id {externalId}.' },
  },
  around: keptByIdentitySystem('branches'),
})

export const branchViews = [
  list(Branch, ['name', 'company', 'city', { field: 'services', as: 'tags' }, 'phone', { field: 'code', optional: 'hidden' }], {
    filter: ['active'],
    tones: { muted: { active: false } },
  }),
  form(
    Branch,
    [
      'name',
      { group: 'about', of: ['company', 'code', 'active', 'externalId'] },
      { group: 'place', of: ['city', 'street', 'phone', 'email', 'zone'] },
      { tab: 'offer', label: 'Departments and services', of: [{ field: 'services', as: 'tags', wide: true }] },
      {
        tab: 'people',
        label: 'Teams and users',
        of: [
          { field: 'teams', list: ['name', 'leader'] },
          { field: 'users', list: ['name', 'email'] },
        ],
      },
    ],
    { links: [{ link: 'teams', icon: 'users' }] },
  ),
  search(Branch, {
    texts: ['name', 'code', 'city.name', 'company.name'],
    filters: { active: { active: true } },
    groups: ['company', 'city'],
    facets: ['company', 'city', 'services'],
  }),
]

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
