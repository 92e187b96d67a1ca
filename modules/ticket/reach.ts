/** Whose tickets are whose: the conditions that the rules of the shipped roles are made of. */
import { me, type Where } from '@tessera/core'
import type { Partner } from '@tessera/partner'
import type { Ticket } from './ticket.model.ts'

/** What an agent works on: what his teams have, what no team has yet, what he was given. */
export const atHand: Where<Ticket> = { $or: [{ team: null }, { team: me.teamIds }, { assignee: me.id }] }

/** What he sees besides: what became of the tickets that he filed for others. */
export const inSight: Where<Ticket> = { $or: [{ team: null }, { team: me.teamIds }, { assignee: me.id }, { createdBy: me.id }] }

/** The person is one who sees the requests of the whole company. */
const manager: Where<Partner> = { id: me.partnerId, managesCompany: true }

/** The companies whose requests the customer may see, and their people. */
export const ofCompany: Where<Partner> = { $or: [{ contacts: manager }, { company: { contacts: manager } }] }

/** What a customer asked, and what his company did where he manages it. */
export const asked: Where<Ticket> = { $or: [{ partner: me.partnerId }, { partner: ofCompany }] }
