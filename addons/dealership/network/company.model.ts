import { defineModel, type Fields, form, list, type Model, p, search } from '@tessera/core'
import { Branch } from './branch.model.ts'
import { keptByIdentitySystem } from './lock.ts'
import { Brand } from './place.model.ts'

const fields = {
  code: p.string(),
  name: p.string(),
  kind: p.enum(['distributor', 'dealer', 'supplier']),
  brands: () => p.manyToMany(Brand),
  branches: () => p.oneToMany(Branch).mappedBy('company'),
  branchCount: p.integer().persist(false),
  active: p.boolean().default(true),
  externalId: p.string().nullable(),
}

/** A company of the network: the distributor itself, a dealer or a supplier. */
export interface Company extends Fields<typeof fields> {}
export const Company: Model<Company> = defineModel('company', fields, {
  plural: 'Companies',
  title: 'name',
  code: 'code',
  icon: 'building',
  order: { name: 'asc' },
  fields: {
    kind: { options: { distributor: 'Distributor', dealer: 'Dealer', supplier: 'Supplier' }, tracked: true },
    name: { tracked: true },
    branchCount: { label: 'Branches', count: 'branches' },
    active: { tracked: true },
    externalId: { label: 'External id', help: 'What the Identity System calls it.' },
  },
  unique: {
    code: { of: ['code'], else: 'There is already a company with the code "{code}".' },
    external_id: { of: ['externalId'], else: 'There is already a company with the external id {externalId}.' },
  },
  around: keptByIdentitySystem('companies'),
})

export const companyViews = [
  list(Company, ['name', { field: 'kind', as: 'badge' }, { field: 'brands', as: 'tags' }, 'branchCount', 'code'], {
    filter: ['active'],
    tones: { muted: { active: false } },
  }),
  form(
    Company,
    [
      'name',
      { group: 'about', of: ['kind', 'code', { field: 'brands', as: 'tags' }, 'active', 'externalId'] },
      { tab: 'places', label: 'Branches', of: [{ field: 'branches', list: ['name', 'city', 'phone'] }] },
    ],
    { links: [{ link: 'branches', icon: 'building-store' }] },
  ),
  search(Company, {
    texts: ['name', 'code'],
    filters: { active: { active: true }, dealers: { kind: 'dealer' } },
    groups: ['kind'],
    facets: ['kind', 'brands'],
  }),
]
