/** What a form must correct: by the names it sent, in the language of its visitor. */
import { type FieldError, FormError, type Services, UserError } from '@tessera/core'
import type { z } from 'zod'

/** A refusal that names the fields as they were sent; the sentence of the whole is made of theirs. */
export function refusal(services: Services, errors: readonly FieldError[]): FormError {
  const sentences = errors.map(({ code, text, values = {} }) => {
    const said = services.text(code, values)
    return said === code ? new UserError(code, text, values).message : said
  })
  return new FormError('dealership.intake_refused', '{sentences}', { sentences: [...new Set(sentences)].join(' ') }, { errors })
}

/** One field that is missing or does not fit; its label comes from the catalogues. */
export function wrong(
  services: Services,
  field: string,
  code: keyof typeof sentences,
  values: Readonly<Record<string, unknown>> = {},
): FieldError {
  const label = services.text(`dealership.intake.${field}`)
  const known = label !== `dealership.intake.${field}`
  return { field, code: `dealership.intake_${code}`, text: sentences[code], values: { label: known ? label : field, ...values } }
}

/** What zod found, in our words. */
export function fromIssues(services: Services, issues: readonly z.core.$ZodIssue[], body: unknown): readonly FieldError[] {
  return issues.map((issue) => {
    const field = issue.path.map(String).join('.')
    const sent = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>)[String(issue.path[0])] : undefined
    if (sent === undefined || sent === null || (typeof sent === 'string' && sent.trim() === '')) return wrong(services, field, 'missing')
    return wrong(services, field, field === 'email' ? 'email' : field === 'date' || field === 'time' ? 'when' : 'unfit')
  })
}

/** The ticket's own refusals under the names that were sent. */
export function asSent(services: Services, error: unknown): unknown {
  if (!(error instanceof UserError) || error instanceof FormError || error.status >= 500) return error
  if (error.errors.length > 0)
    return refusal(
      services,
      error.errors.map((each) => ({ ...each, field: sentAs[each.field] ?? each.field })),
    )
  const field = error.code === 'ticket.dealer_vin' ? 'vin' : undefined
  if (field === undefined) return error
  return refusal(services, [{ field, code: error.code, text: error.text, values: error.values }])
}

const sentAs: Readonly<Record<string, string>> = {
  dealerVin: 'vin',
  dealerVehicle: 'vehicle',
  dealerBranch: 'companyBranchId',
  dealerCity: 'cityId',
  dealerAppointmentAt: 'date',
  dealerQuotation: 'vehicleQuotationType',
  dealerTopic: 'generalTicketType',
  description: 'message',
}

const sentences = {
  missing: '{label} is missing.',
  unfit: '{label} does not have the form that is expected.',
  email: '{label} is no email address.',
  when: '{label}: write the date as 2026-12-24 and the time as 09:30.',
  reach: 'Give a phone number or an email address, so that we can answer.',
  unknown: '{label}: there is no "{given}".',
}
