/** How the screens look to a user, wherever he signs in. */
import { User } from '@tessera/base'
import { extend, type Fields, given, p } from '@tessera/core'
import { timeOfDay } from './working-day.ts'

const fields = {
  theme: p.enum(['light', 'dark', 'system']).nullable(),
  density: p.enum(['compact', 'normal', 'comfortable']).nullable(),
  letterKeys: p.boolean().default(true),
  developerMode: p.boolean().default(false),
  dayBegins: p.string().nullable(),
  dayEnds: p.string().nullable(),
  weekBegins: p.enum(['monday', 'saturday', 'sunday']).nullable(),
}

declare module '@tessera/base' {
  interface User extends Fields<typeof fields> {}
}

export const userExtension = extend(User, fields, {
  fields: {
    theme: { help: 'Without one it is as in the browser.' },
    density: { label: 'Row height' },
    letterKeys: { label: 'Single letters are shortcuts' },
    developerMode: { help: 'Screens tell how they are made to whoever may see that.' },
    dayBegins: { label: 'Working day begins', valid: timeOfDay, help: 'Empty, it is as the organisation has it.' },
    dayEnds: { label: 'Working day ends', valid: timeOfDay },
    weekBegins: { label: 'First day of a week' },
  },
  checks: {
    working_day: {
      holds: given(['dayBegins', 'dayEnds'], ({ dayBegins, dayEnds }) => !dayBegins || !dayEnds || dayBegins < dayEnds),
      else: 'The working day of {name} ends before it begins. Let it end after {dayBegins}.',
    },
  },
})
