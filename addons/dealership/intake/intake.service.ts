import { type FieldError, instantOf, type Model, type Records, type Services, UserError, type Where } from '@tessera/core'
import { source, Ticket } from '@tessera/ticket'
import { Branch } from '../network/branch.model.ts'
import { networkSettings } from '../network/lock.ts'
import { Brand, City } from '../network/place.model.ts'
import type { Recall } from '../ssc/recalls.service.ts'
import { type DealerType, dealerType } from '../ticket/rows.ts'
import { bodies, type Sent } from './bodies.ts'
import { partnerFor } from './partner.ts'
import { asSent, fromIssues, refusal, wrong } from './refusal.ts'

declare module '@tessera/core' {
  interface Services {
    readonly intake: IntakeService
  }
}

/** What the sender of a form gets back. */
export interface Filed {
  readonly number: string
  readonly id: string
  readonly link: string
}
/** Where the recalls of a vehicle were known at once, so that no ticket was needed. */
export interface Answered {
  readonly vin: string
  readonly authorized: boolean
  readonly recalls: readonly Recall[]
}

/** Files tickets for people who filled in a form of an external system, in that system's name. */
export class IntakeService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  async file(type: DealerType, body: unknown, brand: string | undefined): Promise<Filed | Answered> {
    const parsed = bodies[type].safeParse(body ?? {})
    if (!parsed.success) throw refusal(this.#services, fromIssues(this.#services, parsed.error.issues, body))
    try {
      return await this.#take(type, parsed.data, brand)
    } catch (error) {
      throw asSent(this.#services, error)
    }
  }

  async #take(type: DealerType, sent: Sent, brand: string | undefined): Promise<Filed | Answered> {
    if (!sent.phone && !sent.email) throw refusal(this.#services, [wrong(this.#services, 'phone', 'reach')])
    const externalId = sent.requestId && `${this.#services.context.caller.id}:${sent.requestId}`
    const earlier = externalId ? await this.#system.find(Ticket, { externalId }) : undefined
    if (earlier) return this.#filed(earlier)
    if (type === 'ssc_inquiry' && sent.vin) {
      const found = await this.#services.recalls.lookUp(sent.vin)
      if (found.answered) return { vin: found.vin, authorized: found.authorized, recalls: found.recalls }
    }
    try {
      return this.#filed(await this.#create(type, sent, brand, externalId))
    } catch (error) {
      // The same request came twice at once: the other one filed it.
      const other = externalId && isTaken(error) ? await this.#system.find(Ticket, { externalId }) : undefined
      if (other) return this.#filed(other)
      throw error
    }
  }

  #create(type: DealerType, sent: Sent, brandName: string | undefined, externalId: string | undefined): Promise<Ticket> {
    const services = this.#services
    return this.#system.transaction(async () => {
      const errors: FieldError[] = []
      const branch = await this.#named(Branch, 'companyBranchId', sent.companyBranchId, errors, { active: true })
      const city = await this.#named(City, 'cityId', sent.cityId, errors)
      const brand = await this.#named(Brand, 'Brand', brandName, errors)
      if (errors.length > 0) throw refusal(services, errors)
      const source = services.context.caller.me.intakeSourceId
      return this.#system.create(Ticket, {
        externalId: externalId ?? null,
        type: dealerType[type],
        source: typeof source === 'string' ? source : fallback,
        partner: await partnerFor(sent, services),
        subject: subjectOf(type, sent),
        description: sent.message ?? null,
        dealerBranch: branch?.id ?? null,
        dealerCity: city?.id ?? null,
        dealerBrand: brand?.id ?? null,
        dealerTopic: sent.generalTicketType ?? null,
        dealerVehicle: sent.vehicle ?? null,
        dealerVin: sent.vin ?? null,
        dealerQuotation: sent.vehicleQuotationType ?? null,
        dealerPayment: sent.preferredPaymentMethod ?? null,
        dealerOwnVehicle: sent.ownVehicle ?? null,
        dealerCurrentVehicle: sent.currentOrTradeInVehicle ?? null,
        dealerCurrentBrand: sent.currentVehicleBrand ?? null,
        dealerCurrentModel: sent.currentVehicleModel ?? null,
        dealerAppointmentAt: sent.date && sent.time ? await this.#instant(sent.date, sent.time, branch?.zone) : null,
        dealerContactTime: sent.preferredContactTime ?? null,
        dealerUtmSource: sent.utm_source ?? null,
        dealerUtmMedium: sent.utm_medium ?? null,
        dealerUtmCampaign: sent.utm_campaign ?? null,
        dealerUtmTerm: sent.utm_term ?? null,
        dealerUtmContent: sent.utm_content ?? null,
        dealerGclid: sent.gclid ?? null,
        dealerFbclid: sent.fbclid ?? null,
        dealerAdditional: sent.additionalData ?? null,
      })
    })
  }

  /** By its id, the id that the Identity System gave it, or its code. */
  async #named<T extends Branch | City | Brand>(
    model: Model<T>,
    field: string,
    given: string | undefined,
    errors: FieldError[],
    where: { readonly active?: boolean } = {},
  ): Promise<T | undefined> {
    if (!given) return undefined
    const isOurs = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given)
    const names = [{ externalId: given }, { code: given }, ...(isOurs ? [{ id: given.toLowerCase() }] : [])]
    const found = await this.#system.find(model, { ...where, $or: names } as Where<T>)
    if (!found) errors.push(wrong(this.#services, field, 'unknown', { given: given.slice(0, 100) }))
    return found ?? undefined
  }

  /** A day and a time on the clocks of the branch. */
  async #instant(date: string, time: string, zone: string | null | undefined): Promise<Date> {
    const { zone: usual } = await this.#services.settings.get(networkSettings)
    return instantOf(`${date}T${time.slice(0, 5)}:00`, zone ?? usual)
  }

  #filed({ id, number }: Ticket): Filed {
    return { number, id, link: new URL(`/my/tickets/${id}`, this.#services.config.baseUrl).href }
  }

  get #system(): Records {
    return this.#services.asSystem('An authorised external system files tickets for people of whom it may see nothing.')
  }
}

const fallback = source.api

function isTaken(error: unknown): boolean {
  return error instanceof UserError && error.errors.some(({ code }) => code === 'ticket.external_id')
}

/** One line that says what it is about. */
function subjectOf(type: DealerType, sent: Sent): string {
  const about = [sent.generalTicketType, sent.vehicle, sent.vin, sent.message?.split('\n')[0]].find((each) => each)
  const names = {
    general_inquiry: 'General inquiry',
    vehicle_quotation: 'Quotation',
    ssc_inquiry: 'SSC inquiry',
    service_booking: 'Service booking',
    test_drive: 'Test drive',
  }
  return `${names[type]}: ${about ?? sent.name}`.replace(/\s+/g, ' ').slice(0, 120)
}
