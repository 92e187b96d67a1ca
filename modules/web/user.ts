/** How the screens look to a user, wherever he signs in. */
import { User } from '@tessera/base'
import { extend, type Fields, p } from '@tessera/core'

const fields = {
  theme: p.enum(['light', 'dark', 'system']).nullable(),
  density: p.enum(['compact', 'normal', 'comfortable']).nullable(),
  letterKeys: p.boolean().default(true),
  developerMode: p.boolean().default(false),
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
  },
})
