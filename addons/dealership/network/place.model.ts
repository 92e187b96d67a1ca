import { defineModel, type Fields, list, type Model, p, search } from '@tessera/core'
import { keptByIdentitySystem } from './lock.ts'

const externalId = { label: 'External id', help: 'What the Identity System calls it.' }

const countryFields = { code: p.string(), name: p.string(), externalId: p.string().nullable() }
/** A country in which the distributor or a dealer is. */
export interface Country extends Fields<typeof countryFields> {}
export const Country: Model<Country> = defineModel('country', countryFields, {
  title: 'name',
  code: 'code',
  icon: 'world',
  order: { name: 'asc' },
  fields: { externalId },
  unique: {
    code: { of: ['code'], else: 'There is already a country with the code "{code}".' },
    external_id: { of: ['externalId'], else: 'There is already a country with the external id {externalId}.' },
  },
  around: keptByIdentitySystem('countries'),
})

const regionFields = { code: p.string(), name: p.string(), country: () => p.manyToOne(Country), externalId: p.string().nullable() }
/** A part of a country. */
export interface Region extends Fields<typeof regionFields> {}
export const Region: Model<Region> = defineModel('region', regionFields, {
  title: 'name',
  code: 'code',
  icon: 'map',
  order: { name: 'asc' },
  fields: { externalId },
  unique: {
    code: { of: ['code'], else: 'There is already a region with the code "{code}".' },
    external_id: { of: ['externalId'], else: 'There is already a region with the external id {externalId}.' },
  },
  around: keptByIdentitySystem('regions'),
})

const cityFields = { code: p.string(), name: p.string(), region: () => p.manyToOne(Region), externalId: p.string().nullable() }
/** A city of a region. */
export interface City extends Fields<typeof cityFields> {}
export const City: Model<City> = defineModel('city', cityFields, {
  plural: 'Cities',
  title: 'name',
  code: 'code',
  icon: 'map-pin',
  order: { name: 'asc' },
  fields: { externalId },
  unique: {
    code: { of: ['code'], else: 'There is already a city with the code "{code}".' },
    external_id: { of: ['externalId'], else: 'There is already a city with the external id {externalId}.' },
  },
  around: keptByIdentitySystem('cities'),
})

const brandFields = { code: p.string(), name: p.string(), externalId: p.string().nullable() }
/** A make of vehicles that the distributor deals in. */
export interface Brand extends Fields<typeof brandFields> {}
export const Brand: Model<Brand> = defineModel('brand', brandFields, {
  title: 'name',
  code: 'code',
  icon: 'badge',
  order: { name: 'asc' },
  fields: { externalId },
  unique: {
    code: { of: ['code'], else: 'There is already a brand with the code "{code}".' },
    external_id: { of: ['externalId'], else: 'There is already a brand with the external id {externalId}.' },
  },
  around: keptByIdentitySystem('brands'),
})

export const placeViews = [
  list(Country, ['name', 'code', 'externalId']),
  search(Country, { texts: ['name', 'code'] }),
  list(Region, ['name', 'country', 'code', 'externalId']),
  search(Region, { texts: ['name', 'code'], facets: ['country'] }),
  list(City, ['name', 'region', 'code', 'externalId']),
  search(City, { texts: ['name', 'code'], groups: ['region'], facets: ['region'] }),
  list(Brand, ['name', 'code', 'externalId']),
  search(Brand, { texts: ['name', 'code'] }),
]
