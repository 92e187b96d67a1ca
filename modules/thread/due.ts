import { localTime, type Services } from '@tessera/core'
import { dueCell } from '@tessera/web'

/** Whether a day is over, today or to come for the reader, in words, with a sign and a colour. */
export function dueMark(day: string, { context, text }: Services) {
  return dueCell(day, { now: context.now, zone: context.zone, locale: context.locale, t: text })
}

/** The day that it is where the reader is. */
dueMark.today = ({ context }: Services): string => localTime(context.now, context.zone).slice(0, 10)
