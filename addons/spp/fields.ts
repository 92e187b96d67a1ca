import { extend, type Fields, given, p } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { Program } from './program.model.ts'

const fields = {
  sppProgram: () => p.manyToOne(Program).nullable(),
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
  sppProgram: { label: 'Program', where: { active: true }, tracked: true, help: 'The social protection program that it concerns.' },
  sppRegistrant: { label: 'Registrant', tracked: true, help: 'The number of the person or household in the registry.' },
}
export const partnerExtension = extend(Partner, fields, { fields: traits })
export const ticketExtension = extend(Ticket, fields, {
  fields: {
    ...traits,
    // The partner's number, until somebody writes another: in the form, by the API, in an import.
    sppRegistrant: { ...traits.sppRegistrant, suggest: given(['partner.sppRegistrant'], ({ partner }) => partner.sppRegistrant) },
  },
})
