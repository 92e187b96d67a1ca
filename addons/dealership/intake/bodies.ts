/** What websites, apps and chatbots send, under the names that such forms have. */
import { z } from 'zod'

const text = (most: number) => z.string().trim().max(most)
/** Forms send an id as a number or as a text, and what was left empty as "" or null. */
const empty = z.literal('').transform(() => undefined)
const optional = <S extends z.ZodType>(schema: S) => z.union([empty, z.null().transform(() => undefined), schema]).optional()
const id = z.union([z.string().trim().min(1).max(100), z.number().int().transform(String)])
const yesOrText = z.union([text(255), z.boolean().transform((yes) => (yes ? 'yes' : 'no'))])

const contact = {
  name: text(120).min(1).describe('First name'),
  lastName: optional(text(120)),
  phone: optional(text(40)).describe('Phone or email must be given'),
  email: optional(z.email().max(200)),
  cityId: optional(id).describe('Id in the Identity System, or code'),
  preferredContactTime: optional(text(100)),
  additionalData: optional(z.record(z.string(), z.unknown())).describe('Kept as it is'),
  utm_source: optional(text(255)),
  utm_medium: optional(text(255)),
  utm_campaign: optional(text(255)),
  utm_term: optional(text(255)),
  utm_content: optional(text(255)),
  gclid: optional(text(255)),
  fbclid: optional(text(255)),
  requestId: optional(text(120)).describe('The sender’s own number: sent again it makes no second ticket'),
}
const message = text(20_000)
const branch = id.describe('Id of the branch in the Identity System, or its code')
const day = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/)
  .describe('2026-12-24')
const time = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/)
  .describe('09:30, on the clocks of the branch')

export const bodies = {
  general_inquiry: z.object({
    ...contact,
    companyBranchId: optional(branch),
    message: message.min(1),
    generalTicketType: optional(text(100)),
  }),
  vehicle_quotation: z.object({
    ...contact,
    companyBranchId: optional(branch),
    message: optional(message),
    vehicle: text(200).min(1),
    vehicleQuotationType: z.enum(['buy', 'sell', 'trade']),
    preferredPaymentMethod: optional(text(100)),
    ownVehicle: optional(yesOrText),
    currentOrTradeInVehicle: optional(yesOrText),
    currentVehicleBrand: optional(text(100)),
    currentVehicleModel: optional(text(100)),
  }),
  ssc_inquiry: z.object({ ...contact, companyBranchId: optional(branch), message: optional(message), vin: text(40).min(1) }),
  service_booking: z.object({
    ...contact,
    companyBranchId: branch,
    message: optional(message),
    vehicle: optional(text(200)).describe('Vehicle or VIN must be given'),
    vin: optional(text(40)),
    date: day,
    time,
  }),
  test_drive: z.object({ ...contact, companyBranchId: branch, message: optional(message), vehicle: text(200).min(1), date: day, time }),
}

/** A body of any of the five types: what they share is there, the rest perhaps. */
export interface Sent {
  readonly name: string
  readonly lastName?: string | undefined
  readonly phone?: string | undefined
  readonly email?: string | undefined
  readonly message?: string | undefined
  readonly cityId?: string | undefined
  readonly companyBranchId?: string | undefined
  readonly preferredContactTime?: string | undefined
  readonly additionalData?: Readonly<Record<string, unknown>> | undefined
  readonly utm_source?: string | undefined
  readonly utm_medium?: string | undefined
  readonly utm_campaign?: string | undefined
  readonly utm_term?: string | undefined
  readonly utm_content?: string | undefined
  readonly gclid?: string | undefined
  readonly fbclid?: string | undefined
  readonly requestId?: string | undefined
  readonly generalTicketType?: string | undefined
  readonly vehicle?: string | undefined
  readonly vehicleQuotationType?: 'buy' | 'sell' | 'trade' | undefined
  readonly preferredPaymentMethod?: string | undefined
  readonly ownVehicle?: string | undefined
  readonly currentOrTradeInVehicle?: string | undefined
  readonly currentVehicleBrand?: string | undefined
  readonly currentVehicleModel?: string | undefined
  readonly vin?: string | undefined
  readonly date?: string | undefined
  readonly time?: string | undefined
}

/** The same schema for the API's document alone: what is sent is checked in the words of its sender's visitors. */
export function documented(schema: z.ZodType): z.ZodType {
  const { $schema: _, ...shape } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return z.unknown().meta(shape)
}
