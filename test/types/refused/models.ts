import { data, defineModel, extend, type Fields, given, type Model, p } from '@tessera/core'
import { Partner, Status, Ticket } from './desk.ts'

// refused: Property 'dueAt' does not exist on type 'Seen<NoInfer<Ticket>, "createdAt">'
extend(Ticket, {}, { fields: { hours: { compute: given(['createdAt'], (t) => t.dueAt?.getTime()) } } })
// refused: Did you mean '"partner.email"'?
extend(Ticket, {}, { fields: { subject: { suggest: given(['partner.emai'], () => 'x') } } })
// refused: Property 'email' does not exist on type
extend(Ticket, {}, { fields: { subject: { suggest: given(['partner'], ({ partner }) => partner.email) } } })
// refused: Type 'Date' is not assignable to type 'SuggestedValue<number | null>'
extend(Ticket, {}, { fields: { hours: { compute: given(['dueAt'], ({ dueAt }) => dueAt) } } })
// refused: 'hour' does not exist in type
extend(Ticket, {}, { fields: { hour: { label: 'Hours' } } })
// refused: 'subjct' does not exist in type
extend(Ticket, {}, { order: { subjct: 'asc' } })
// refused: Did you mean '"partner.email"'?
extend(Ticket, {}, { fields: { subject: { from: 'partner.emial' } } })
// refused: Did you mean '"children"'?
extend(Ticket, {}, { fields: { hours: { count: 'childen' } } })
// refused: 'dueat' does not exist in type
extend(Ticket, {}, { fields: { hours: { count: { of: 'children', where: { dueat: null } } } } })
// refused: Did you mean '"subject"'?
extend(Ticket, {}, { fields: { hours: { min: { of: 'children', field: 'subjct' } } } })
// refused: 'nme' does not exist in type
extend(Ticket, {}, { fields: { assignee: { where: { nme: 'x' } } } })
// refused: Did you mean '"subject"'?
extend(Ticket, {}, { unique: { subject: { of: ['subjct'], else: 'x' } } })
// refused: Property 'sbject' does not exist on type
extend(Ticket, {}, { fields: { hours: { sql: (columns) => columns.sbject } } })
// refused: Property 'else' is missing
extend(Ticket, {}, { checks: { short: { holds: { subject: 'x' } } } })
// refused: 'subjct' does not exist in type
extend(Ticket, {}, { checks: { short: { holds: { subjct: 'x' }, else: 'x' } } })
// refused: Property 'sbject' does not exist on type
extend(Ticket, {}, { around: { create: (draft, next) => next({ ...draft, subject: draft.sbject }) } })
// refused: Type 'number' is not assignable to type 'string'
extend(Ticket, {}, { around: { update: (_, changes, next) => next({ ...changes, subject: 7 }) } })
// refused: 'colour' does not exist in type
extend(Ticket, { colour: p.string().nullable() })

const fields = { title: p.string(), tickets: () => p.oneToMany(Ticket).mappedBy('parent') }
export interface Folder extends Fields<typeof fields> {}
// refused: Type '"titel"' is not assignable
export const Folder: Model<Folder> = defineModel('folder', fields, { title: 'titel' })

// refused: Argument of type '"parnt"' is not assignable to parameter of type
export const misnamed = { tickets: () => p.oneToMany(Ticket).mappedBy('parnt') }

// refused: Property 'category' is missing
data(Status, { odd: { name: 'Odd' } })
// refused: Type '"opne"' is not assignable to type '"closed" | "open" | "paused"'
data(Status, { odd: { name: 'Odd', category: 'opne' } })
// refused: 'email' does not exist in type
data(Status, { odd: { name: 'Odd', category: 'open', email: 'x' } })
// refused: Type 'number' is not assignable to type
data(Partner, { us: { name: 7 } })

// refused: Type 'true' is not assignable to type 'false'
extend(Ticket, {}, { fields: { subject: { copy: true } } })
// refused: Type 'true' is not assignable to type 'undefined'
extend(Ticket, {}, { fields: { subject: { removedWith: true } } })
