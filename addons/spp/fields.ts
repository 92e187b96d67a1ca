import { extend, type Fields, p } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'

const fields = {
  sppProgram: p.string().nullable().index(),
  sppRegistrant: p.string().nullable().index(),
}

declare module '@tessera/partner' {
  interface Partner extends Fields<typeof fields> {}
}
declare module '@tessera/ticket' {
  interface Ticket extends Fields<typeof fields> {}
}

/** What a programme and its registrants are called is the same on both. */
const traits = {
  sppProgram: { label: 'Program', tracked: true, help: 'The social protection program that it concerns.' },
  sppRegistrant: { label: 'Registrant', tracked: true, help: 'The number of the person or household in the registry.' },
}

export const partnerExtension = extend(Partner, fields, { fields: traits })
export const ticketExtension = extend(Ticket, fields, { fields: traits })
