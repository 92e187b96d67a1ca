import { defineModel, type Fields, list, type Model, p, search } from '@tessera/core'
import { z } from 'zod'
import { isVin } from '../ticket/vin.ts'

const vin = z.string().refine(isVin, 'no vehicle identification number')

const vehicleFields = { vin: p.string(), model: p.string().nullable(), importedOn: p.date().nullable() }
/** A vehicle that the official distributor imported: for it the distributor's own recall records hold. */
export interface AuthorizedVehicle extends Fields<typeof vehicleFields> {}
export const AuthorizedVehicle: Model<AuthorizedVehicle> = defineModel('authorizedVehicle', vehicleFields, {
  title: 'vin',
  code: 'vin',
  icon: 'car',
  order: { vin: 'asc' },
  fields: { vin: { label: 'VIN', valid: vin }, importedOn: { label: 'Imported on' } },
  unique: { vin: { of: ['vin'], else: 'The vehicle {vin} is known already.' } },
})

const recordFields = {
  vin: p.string(),
  code: p.string(),
  description: p.text(),
  repaired: p.boolean().default(false),
  repairedOn: p.date().nullable(),
  externalId: p.string().nullable(),
}
/** A special service campaign (a safety recall) that concerns a vehicle, as the distributor knows it. */
export interface SscRecord extends Fields<typeof recordFields> {}
export const SscRecord: Model<SscRecord> = defineModel('sscRecord', recordFields, {
  label: 'SSC record',
  title: 'code',
  icon: 'alert-triangle',
  order: { vin: 'asc', code: 'asc' },
  fields: {
    vin: { label: 'VIN', valid: vin },
    code: { valid: z.string().min(1).max(40), help: "The campaign's number, for example 21TA04." },
    repaired: { tracked: true },
    repairedOn: { label: 'Repaired on' },
    externalId: { label: 'External id' },
  },
  unique: {
    once: { of: ['vin', 'code'], else: 'The campaign {code} is recorded for {vin} already.' },
    external_id: { of: ['externalId'], else: 'There is already an SSC record with the external id {externalId}.' },
  },
  indexes: [{ of: ['vin'] }],
})

export const recordViews = [
  list(AuthorizedVehicle, ['vin', 'model', 'importedOn']),
  search(AuthorizedVehicle, { texts: ['vin', 'model'] }),
  list(SscRecord, ['vin', 'code', 'description', 'repaired', 'repairedOn']),
  search(SscRecord, { texts: ['vin', 'code', 'description'], filters: { toRepair: { repaired: false } }, facets: ['repaired'] }),
]
