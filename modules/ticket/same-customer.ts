/** Whose tickets may go on in one another: what was said in both is then shown together. */
import type { Where } from '@tessera/core'
import type { Ticket } from './ticket.model.ts'

interface Customer {
  readonly id: string
  readonly kind: 'person' | 'company'
  readonly company: { readonly id: string } | null
}

/** A company and all its people are one customer, as they are in the portal; the company that it belongs to is another. */
const customerOf = ({ id, kind, company }: Customer): string => (kind === 'person' && company?.id) || id

/** The tickets of the same customer. */
export function ofSameCustomer(partner: Customer): Where<Ticket> {
  const customer = customerOf(partner)
  return { $or: [{ partner: customer }, { partner: { kind: 'person', company: customer } }] }
}

export const isSameCustomer = (one: Customer, other: Customer): boolean => customerOf(one) === customerOf(other)
