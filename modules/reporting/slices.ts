/** By which fields of a ticket figures can be sliced: whatever its search offers and holds one value, addons' fields among them. */
import { BadRequest, fieldAt, type GroupRow, labelOf, optionCode, readableField, type Services, type Where } from '@tessera/core'
import { Ticket } from '@tessera/ticket'

export interface Slice {
  /** The field or the path: `team`. */
  readonly name: string
  readonly label: string
}

/** Those that the caller may read, in the order of the search. */
export function slicesOf({ app, context, text }: Services): readonly Slice[] {
  const model = app.models.of(Ticket)
  const { groups, facets } = app.screens(model).search
  const names = [...new Set([...facets, ...groups].map(String))].filter((name) => !name.includes(':'))
  return names.flatMap((name) => {
    const field = readableField(context.caller.ability, model, name)
    const hasOneValue = field && fieldAt(model, name) && field.kind !== 'many' && !(field.kind === 'scalar' && longTexts.has(field.type))
    return hasOneValue ? [{ name, label: labelOf(field, text) }] : []
  })
}
const longTexts: ReadonlySet<string> = new Set(['text', 'json', 'texts', 'datetime'])

export function sliceNamed(name: string, services: Services): Slice {
  const slices = slicesOf(services)
  const slice = slices.find((each) => each.name === name)
  if (slice) return slice
  throw new BadRequest('reporting.slice', 'Figures cannot be sliced by "{name}". Known are {known}.', {
    name: name.slice(0, 60),
    known: slices.map((each) => each.name).join(', '),
  })
}

/** A value by which tickets are grouped, as the database gives it; an instant as a text. */
export type SliceValue = Exclude<GroupRow[string], Date>

/** What identifies a value: a relation's id. */
export function keyOf(value: SliceValue): string | number | boolean | null {
  return typeof value === 'object' && value !== null ? value.id : value
}

export function sliceLabel({ name }: Slice, value: SliceValue, { app, text }: Services): string {
  if (value === null) return text('reporting.none')
  if (typeof value === 'object') return value.label
  const field = fieldAt(app.models.of(Ticket), name)
  return field?.kind === 'scalar' && field.type === 'enum' ? text(optionCode(field, String(value))) : String(value)
}

export function sliceWhere({ name }: Slice, key: string | number | boolean | null): Where<Ticket> {
  return { [name]: key }
}

/** What the address narrows the tickets to: `team=…&type=…`; `none` stands for no value. */
export function narrowedWhere(query: URLSearchParams, services: Services): readonly Where<Ticket>[] {
  return slicesOf(services).flatMap((slice) => {
    const value = query.get(slice.name)
    return value ? [sliceWhere(slice, value === 'none' ? null : value)] : []
  })
}
