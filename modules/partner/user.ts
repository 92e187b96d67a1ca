import { User } from '@tessera/base'
import { extend, type Fields, p, patch } from '@tessera/core'
import { Partner } from './partner.model.ts'

const fields = { partner: () => p.manyToOne(Partner).nullable() }

declare module '@tessera/base' {
  interface User extends Fields<typeof fields> {}
}
declare module '@tessera/core' {
  interface Me {
    /** The partner whom the user is: `customer.can('read', Ticket, { partner: me.partnerId })`. */
    partnerId: string
  }
}

/** A user who is also a partner: a customer who signs in, or a colleague who files a ticket. */
export const userExtension = extend(User, fields, {
  fields: { partner: { help: 'Whom a customer is, and so what he sees.', tracked: true } },
})
export const userPatch = patch(User, { form: { after: 'email', insert: ['partner'] } })
