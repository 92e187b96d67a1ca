import { route, type Services, UserError } from '@tessera/core'
import { z } from 'zod'
import { looksUpRecalls } from '../roles.ts'
import { isVin, plainVin } from '../ticket/vin.ts'
import { AuthorizedVehicle, SscRecord } from './record.model.ts'

/** A recall as the requester is told of it. */
export interface Recall {
  readonly code: string
  readonly description: string
  readonly repaired: boolean
}
/** What the manufacturer says of a VIN: nothing (not connected), every recall, or only whether there is one. */
export type Said =
  | { readonly kind: 'none' }
  | { readonly kind: 'list'; readonly recalls: readonly Recall[] }
  | { readonly kind: 'whether'; readonly concerned: boolean }
/** What a look-up comes to: an answer at once, or something that a person must find out. */
export type LookUp =
  | { readonly vin: string; readonly authorized: boolean; readonly answered: true; readonly recalls: readonly Recall[] }
  | { readonly vin: string; readonly authorized: false; readonly answered: false; readonly concerned: boolean | null }

declare module '@tessera/core' {
  interface Services {
    readonly manufacturer: ManufacturerService
    readonly recalls: RecallService
  }
}

/** The connection to the manufacturer. There is none here; an addon overrides `ask`. */
export class ManufacturerService {
  protected readonly services: Services
  constructor(services: Services) {
    this.services = services
  }

  ask(_vin: string): Promise<Said> {
    return Promise.resolve({ kind: 'none' })
  }
}

/** Recalls by VIN: from the distributor's own records, or from the manufacturer where one is connected. */
export class RecallService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  async lookUp(written: string): Promise<LookUp> {
    const vin = plainVin(written)
    if (!isVin(vin)) {
      throw new UserError(
        'ticket.dealer_vin',
        '"{dealerVin}" is no vehicle identification number: it has 17 characters without I, O and Q, and its ninth must fit the others. Read it again from the papers or the windscreen.',
        { dealerVin: vin.slice(0, 40) },
      )
    }
    const records = this.#services.asSystem('Whoever has the VIN may know the recalls of the vehicle.')
    if (await records.find(AuthorizedVehicle, { vin })) {
      const { rows } = await records.query(SscRecord, { fields: ['code', 'description', 'repaired'], where: { vin }, limit: 200 })
      return {
        vin,
        authorized: true,
        answered: true,
        recalls: rows.map(({ code, description, repaired }) => ({ code, description, repaired })),
      }
    }
    const said = await this.#services.manufacturer.ask(vin)
    if (said.kind === 'list') return { vin, authorized: false, answered: true, recalls: said.recalls }
    return { vin, authorized: false, answered: false, concerned: said.kind === 'whether' ? said.concerned : null }
  }
}

export const lookUpRoute = route('GET /ssc/:vin', {
  may: looksUpRecalls,
  summary: 'The recalls (special service campaigns) of a vehicle. Where nobody knows them at once, file an SSC inquiry.',
  returns: z.object({
    vin: z.string(),
    authorized: z.boolean().describe('Whether the official distributor imported it'),
    answered: z.boolean().describe('Whether the recalls are all the recalls there are; if not, file an SSC inquiry'),
    recalls: z.array(z.object({ code: z.string(), description: z.string(), repaired: z.boolean() })).optional(),
    concerned: z
      .boolean()
      .nullable()
      .optional()
      .describe('Whether the manufacturer says that there is a recall; null where he says nothing'),
  }),
  run: ({ params }, { recalls }) => recalls.lookUp(params.vin),
})
