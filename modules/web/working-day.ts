/** From when until when somebody works, and on which day his weeks begin: as he says himself, else as the organisation does. */
import { User } from '@tessera/base'
import { type Services, settings } from '@tessera/core'
import { z } from 'zod'

const time = /^([01]\d|2[0-3]):[0-5]\d$/
export const timeOfDay = z.string().regex(time, { error: 'web.no_time' })
export const weekDays = ['monday', 'saturday', 'sunday'] as const

export const calendarSettings = settings(
  'Calendar',
  z
    .object({
      dayBegins: timeOfDay.default('08:00').describe('When the working day begins'),
      dayEnds: timeOfDay.default('18:00').describe('When it ends'),
      weekBegins: z
        .enum(['language', ...weekDays])
        .default('language')
        .describe('The first day of a week'),
    })
    .refine(({ dayBegins, dayEnds }) => dayBegins < dayEnds, { error: 'web.day_ends_first', path: ['dayEnds'] }),
)

export interface WorkingDay {
  /** In quarters of an hour since midnight. */
  readonly begins: number
  readonly ends: number
  /** 1 is Monday, 7 is Sunday. */
  readonly weekBegins: number
}

export async function workingDayOf({ context: { caller, locale }, settings: kept }: Services): Promise<WorkingDay> {
  const whole = await kept.remembered(calendarSettings)
  const { me } = caller
  const begins = quarterOf(me.dayBegins) ?? quarterOf(whole.dayBegins)!
  const ends = quarterOf(me.dayEnds) ?? quarterOf(whole.dayEnds)!
  const named = [me.weekBegins, whole.weekBegins].find((day) => typeof day === 'string' && day in numbers) as
    | keyof typeof numbers
    | undefined
  // Of one who begins after everybody else has gone it is not known when he goes.
  return { begins, ends: ends > begins ? ends : quartersOfDay, weekBegins: named ? numbers[named] : weekBeginsIn(locale) }
}

const numbers = { monday: 1, saturday: 6, sunday: 7 } satisfies Record<(typeof weekDays)[number], number>
const quartersOfDay = 96

/** 1 is Monday, 7 is Sunday, as a language has it. */
export function weekBeginsIn(locale: string): number {
  // English without a country is written as most of the world writes it.
  return new Intl.Locale(locale === 'en' ? 'en-GB' : locale).getWeekInfo().firstDay
}

function quarterOf(text: unknown): number | undefined {
  return typeof text === 'string' && time.test(text) ? Number(text.slice(0, 2)) * 4 + Math.floor(Number(text.slice(3)) / 15) : undefined
}

/** What somebody says of his own day: an empty text is as the organisation has it. */
export type OwnWorkingDay = Partial<Pick<User, 'dayBegins' | 'dayEnds' | 'weekBegins'>>

export async function keepWorkingDay({ asSystem, context: { caller } }: Services, own: OwnWorkingDay): Promise<void> {
  if (caller.id !== null) await asSystem('When he works is for everybody to say himself, whatever his roles.').update(User, caller.id, own)
}
