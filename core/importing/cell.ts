/** One cell as a value of its field. */
import { instantOf, isDay } from '../model/day.ts'
import type { ScalarField } from '../model/meta.ts'
import { type Checked, checked, fromText } from '../model/values.ts'

/** The value of a cell that is not empty; instants without a zone are the caller's, an enum may be given by its label. */
export function cellValue(field: ScalarField, text: string, zone: string): Checked {
  const trimmed = text.trim()
  if (field.type === 'datetime') return checked(field, instantIn(trimmed, zone) ?? trimmed)
  if (field.type === 'enum') return checked(field, choiceOf(field, trimmed))
  // One text alone is for the caller's language; the write path puts it beside the others.
  if (field.type === 'translated') return { value: trimmed }
  return checked(field, fromText(field, field.type === 'text' ? text : trimmed))
}

function choiceOf({ values = [], options }: ScalarField, text: string): string {
  const same = (other: string | undefined) => other?.toLowerCase() === text.toLowerCase()
  return values.find((value) => value === text) ?? values.find((value) => same(value) || same(options[value])) ?? text
}

/** `2024-04-16`, `2024-04-16 09:30` and `2024-04-16T09:30:15` as the clocks of the zone show them; undefined for anything else. */
function instantIn(text: string, zone: string): Date | undefined {
  const [, day = '', time = '00:00', seconds = ':00'] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ]([01]\d:[0-5]\d|2[0-3]:[0-5]\d)(:[0-5]\d)?(?:\.\d+)?)?$/.exec(text) ?? []
  return isDay(day) ? instantOf(`${day}T${time}${seconds}`, zone) : undefined
}
