/** Types that a mistake in the model types would turn into `any`, and everything would compile. */
import type { Changes, Draft, Many, Records, Seen } from '@tessera/core'
import type { Partner } from '@tessera/partner'
import type { Ticket } from '@tessera/ticket'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type IsAny<T> = 0 extends 1 & T ? true : false
/** Compiles only for `true`. */
type Holds<T extends true> = T
type Not<T extends boolean> = T extends true ? false : true

export type Relations = [
  Holds<Not<IsAny<Ticket['partner']>>>,
  Holds<Same<Ticket['partner'], Partner>>,
  Holds<Same<Ticket['partner']['company'], Partner | null>>,
  Holds<Not<IsAny<NonNullable<Ticket['assignee']>>>>,
  Holds<Same<NonNullable<Ticket['assignee']>['partner'], Partner | null>>,
  // An inverse that another module adds.
  Holds<Same<Partner['tickets'], Many<Ticket>>>,
  Holds<Same<Partner['contacts'], Many<Partner>>>,
  // Of an addon.
  Holds<Same<Ticket['sppRegistrant'], string | null>>,
]

type Row = Seen<Ticket, 'subject' | 'partner.email' | 'assignee' | 'tags' | 'partner.company.name'>
export type Rows = [
  Holds<Same<Row['subject'], string>>,
  Holds<Same<Row['partner']['email'], string | null>>,
  Holds<Same<Row['partner']['label'], string>>,
  Holds<Same<NonNullable<Row['partner']['company']>['name'], string>>,
  Holds<Not<IsAny<Row['assignee']>>>,
  Holds<null extends Row['assignee'] ? true : false>,
  Holds<Same<Row['tags'][number]['label'], string>>,
  Holds<Same<Extract<keyof Row, 'number' | 'status'>, never>>,
]

type Needed<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T]
export type Writing = [
  Holds<Same<Needed<Draft<Ticket>>, 'subject' | 'partner'>>,
  Holds<Same<Needed<Draft<Partner>>, 'name'>>,
  Holds<Same<Needed<Changes<Ticket>>, never>>,
  Holds<Same<Extract<keyof Changes<Ticket>, 'id' | 'version' | 'createdAt'>, never>>,
]

type Whole = Awaited<ReturnType<typeof wholeTicket>>
const wholeTicket = (records: Records, ticket: import('@tessera/core').Model<Ticket>) => records.get(ticket, 'id')
export type Reading = [Holds<Same<Whole, Ticket>>, Holds<Not<IsAny<Whole['partner']>>>]
