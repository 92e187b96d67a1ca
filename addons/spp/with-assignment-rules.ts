/** Where the desk hands out tickets by rules, officers may ask the rules about the tickets of their programs. */
import { autoAssign } from '@tessera/assignment-rules'
import { type Extra, me } from '@tessera/core'
import { Ticket } from '@tessera/ticket'
import { officer } from './officer.ts'

const extra: Extra = { permissions: [officer.can(autoAssign, Ticket, { sppProgram: { officers: { id: me.id } } })] }
export default extra
