/** The bar above figures: from when to when, and of which tickets. All of it stands in the address. */
import { fieldAt, optionCode, type Services } from '@tessera/core'
import { Ticket } from '@tessera/ticket'
import { type Period, type Range, ranges } from '@tessera/web'
import type { Figure } from './figures.ts'
import { type Slice, slicesOf } from './slices.ts'
import { periodText } from './words.ts'

export interface Filters {
  readonly action: string
  readonly ranges: readonly { readonly label: string; readonly href: string; readonly current: boolean }[]
  readonly period: string
  readonly first: string
  readonly last: string
  readonly choices: readonly { readonly name: string; readonly label: string; readonly options: readonly Option[] }[]
  /** What the form of the choices must send along, and that of the days: the other's values and more. */
  readonly kept: readonly Kept[]
  readonly keptWithDays: readonly Kept[]
  /** Leads back to all tickets; absent when nothing narrows them. */
  readonly clear: string | undefined
}
interface Kept {
  readonly name: string
  readonly value: string
}
interface Option {
  readonly value: string
  readonly label: string
  readonly chosen: boolean
}

/** `fields` are those offered to narrow by; another one that the address names is offered too. */
export async function filtersOf(
  action: string,
  query: URLSearchParams,
  { period, range }: { readonly period: Period; readonly range: Range },
  fields: readonly string[],
  services: Services,
  kept: readonly string[] = [],
): Promise<Filters> {
  const offered = slicesOf(services).filter(({ name }) => fields.includes(name) || query.get(name))
  const narrowing = offered.filter(({ name }) => query.get(name))
  const sent = (names: readonly string[]): readonly Kept[] =>
    [...query].filter(([name, value]) => names.includes(name) && value).map(([name, value]) => ({ name, value }))
  return {
    action,
    ranges: ranges
      .filter((each) => each !== 'custom')
      .map((each) => ({
        label: services.text(`web.range_${each}`),
        href: `${action}?${changed(query, { range: each, from: '', to: '' })}`,
        current: each === range,
      })),
    period: periodText(period, services),
    first: period.first,
    last: period.last,
    choices: await Promise.all(
      offered.map(async (slice) => ({
        name: slice.name,
        label: slice.label,
        options: await optionsOf(slice, query.get(slice.name), services),
      })),
    ),
    kept: sent([...kept, 'range', 'from', 'to']),
    keptWithDays: sent([...kept, ...offered.map(({ name }) => name)]),
    clear: narrowing.length > 0 ? `${action}?${changed(query, Object.fromEntries(narrowing.map(({ name }) => [name, ''])))}` : undefined,
  }
}

/** A figure's own page, or its file, for the same period and tickets. */
export function reportHref({ name }: Figure, query: URLSearchParams, { by, format }: { by?: string; format?: 'csv' }): string {
  return `/reports/${name}${format ? `.${format}` : ''}?${changed(query, { by: by ?? '' })}`
}

/** The parameters with others in their place; an empty one is left out. */
export function changed(query: URLSearchParams, changes: Readonly<Record<string, string>>): URLSearchParams {
  const next = new URLSearchParams([...query].filter(([name, value]) => value && !(name in changes)))
  for (const [name, value] of Object.entries(changes)) if (value) next.set(name, value)
  return next
}

/** The values that a field can have: those of an enum, or the records of its model that the reader may see. */
async function optionsOf({ name }: Slice, chosen: string | null, services: Services): Promise<readonly Option[]> {
  const field = fieldAt(services.app.models.of(Ticket), name)
  const known: { value: string; label: string }[] = []
  if (field?.kind === 'one') {
    const { rows } = await services.records.query(field.target.handle, { fields: [], label: true, limit: 200 })
    for (const row of rows as readonly { id: string; label?: unknown }[]) known.push({ value: row.id, label: String(row.label) })
  } else if (field?.kind === 'scalar') {
    for (const value of field.values ?? []) known.push({ value, label: services.text(optionCode(field, value)) })
  }
  const isKnown = chosen === null || chosen === '' || chosen === 'none' || known.some(({ value }) => value === chosen)
  return [
    { value: '', label: services.text('reporting.any') },
    ...known,
    ...(isKnown ? [] : [{ value: chosen, label: chosen }]),
    { value: 'none', label: services.text('reporting.none') },
  ].map((option) => ({ ...option, chosen: option.value === (chosen ?? '') }))
}
