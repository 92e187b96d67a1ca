/** What must be corrected, in the reader's language: at each field and together above the form. */
import { type FieldError, fill, labelOf, type Services, UserError } from '@tessera/core'
import { Ticket } from '@tessera/ticket'

export interface Wrong {
  readonly title: string
  readonly fields: ReadonlyMap<string, string>
}

/** Refusals that name no field stand above the form alone; what is no refusal of the input is thrown on. */
export function wrongIn(error: unknown, services: Services): Wrong {
  if (!(error instanceof UserError) || ![400, 409, 413, 415, 422, 429].includes(error.status)) throw error
  const fields = new Map(error.errors.map((each) => [each.field, sentenceOf(each, services)]))
  return {
    title: fields.size > 0 ? services.text('portal.please_correct') : said(services, error.code, error.values, error.message),
    fields,
  }
}

/** Errors that the portal itself finds, by field. */
export function wrongFields(fields: ReadonlyMap<string, string>, { text }: Services): Wrong | undefined {
  return fields.size > 0 ? { title: text('portal.please_correct'), fields } : undefined
}

/** What a field of the ticket is called towards customers. */
export function fieldLabel(name: string, { app, text }: Services): string {
  const own = `portal.field.${name}`
  const field = app.models.of(Ticket).fields.get(name)
  return app.texts.get('en')?.has(own) ? text(own) : field ? labelOf(field, text) : name
}

function sentenceOf({ field, code, text, values = {} }: FieldError, services: Services): string {
  const worded = { ...values, label: fieldLabel(field, services) }
  return said(services, code, worded, fill(text, worded))
}

/** A code without a text comes back as it is. */
function said({ text }: Services, code: string, values: Readonly<Record<string, unknown>>, otherwise: string): string {
  const found = text(code, values)
  return found === code ? otherwise : found
}
