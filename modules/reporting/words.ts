/** Figures as people read them, in the reader's language. */
import type { Services } from '@tessera/core'
import { type Period, periodInWords } from '@tessera/web'
import type { Cell } from './figures.service.ts'
import type { Figure } from './figures.ts'
import type { Grain } from './period.ts'

/** A number and what it is a number of: "58" and "min". */
export interface Amount {
  readonly number: string
  readonly unit: string
}
type Reader = Pick<Services, 'context' | 'text'>

export function unitOf(figure: Figure): 'tickets' | 'hours' | 'share' {
  return figure.hours ? 'hours' : figure.part ? 'share' : 'tickets'
}

export const labelOfFigure = (figure: Figure, { text }: Reader): string => text(`reporting.figure.${figure.name}`)
export const definitionOf = (figure: Figure, { text }: Reader): string => text(`reporting.figure.${figure.name}.help`)

export function amountOf(figure: Figure, value: number | null, { context }: Reader): Amount {
  if (value === null) return { number: '–', unit: '' }
  const locale = localeOf(context.locale)
  if (figure.hours) return duration(value, locale)
  if (figure.part) return { number: numbers(locale, 1).format(value * 100), unit: '%' }
  return { number: numbers(locale, 0).format(value), unit: '' }
}

export function amountText(figure: Figure, value: number | null, reader: Reader): string {
  const { number, unit } = amountOf(figure, value, reader)
  return unit ? `${number} ${unit}` : number
}

/** English without a country is written as most of the world writes it. */
const localeOf = (locale: string): string => (locale === 'en' ? 'en-GB' : locale)

function duration(hours: number, locale: string): Amount {
  const [value, unit, digits] =
    hours < 1 ? ([hours * 60, 'minute', 0] as const) : hours < 48 ? ([hours, 'hour', 1] as const) : ([hours / 24, 'day', 1] as const)
  const parts = unitFormat(locale, unit, digits).formatToParts(value)
  const number = parts.flatMap((part) => (part.type === 'unit' || part.type === 'literal' ? [] : [part.value])).join('')
  return { number, unit: parts.find(({ type }) => type === 'unit')?.value ?? '' }
}

const formats = new Map<string, Intl.NumberFormat>()
function kept(key: string, make: () => Intl.NumberFormat): Intl.NumberFormat {
  const known = formats.get(key)
  if (known) return known
  // A language may be asked for by anybody: what is kept stays small.
  if (formats.size >= 200) formats.clear()
  const made = make()
  formats.set(key, made)
  return made
}
const numbers = (locale: string, digits: number) =>
  kept(`${locale} ${digits}`, () => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }))
const unitFormat = (locale: string, unit: string, digits: number) =>
  kept(
    `${locale} ${unit}`,
    () => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits }),
  )

/** How a figure compares with the period before: a sentence, the way of its arrow, and whether that is good. */
export interface Comparison {
  readonly text: string
  readonly way: 'up' | 'down' | 'same'
  readonly tone: 'good' | 'bad' | 'plain'
}

export function compared(figure: Figure, now: Cell, before: Cell, reader: Reader): Comparison {
  const { text } = reader
  if (now.value === null || before.value === null) return { text: text('reporting.before_none'), way: 'same', tone: 'plain' }
  const change = now.value - before.value
  const isPart = figure.part !== undefined
  const amount = isPart ? Math.round(Math.abs(change) * 1000) / 10 : Math.abs(change)
  if (amount === 0) return { text: text('reporting.before_same'), way: 'same', tone: 'plain' }
  const way = change > 0 ? 'up' : 'down'
  const tone = figure.better === undefined ? 'plain' : (figure.better === 'more') === change > 0 ? 'good' : 'bad'
  const shown = isPart ? numbers(localeOf(reader.context.locale), 1).format(amount) : amountText(figure, amount, reader)
  return { text: text(`reporting.before_${unitOf(figure)}_${way}`, { amount: shown }), way, tone }
}

export const periodText = (period: Period, { context }: Reader): string => periodInWords(period, context.locale)

/** A step as the axis of a chart names it. */
export function stepText(key: string, grain: Grain, { context }: Reader): string {
  if (grain === 'week') return key.slice(5)
  const locale = localeOf(context.locale)
  if (grain === 'day') return dates(locale, { day: 'numeric', month: 'short' }).format(new Date(`${key}T00:00:00Z`))
  return dates(locale, { month: 'short', year: '2-digit' }).format(new Date(`${key}-01T00:00:00Z`))
}

function dates(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const known = dateFormats.get(key) ?? new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
  if (dateFormats.size >= 200) dateFormats.clear()
  dateFormats.set(key, known)
  return known
}
const dateFormats = new Map<string, Intl.DateTimeFormat>()
