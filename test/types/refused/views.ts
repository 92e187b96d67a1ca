import { form, graph, kanban, list, patch, patchView, pivot, search } from '@tessera/core'
import { close, newTicket, Partner, Ticket, ticketForm, ticketList, ticketSearch } from './desk.ts'

// refused: Did you mean '"partner.name"'?
list(Ticket, ['number', 'partner.nme'])
// refused: Did you mean '"createdAt"'?
list(Ticket, ['number', { field: 'createdat' }])
// refused: 'lable' does not exist in type
list(Ticket, ['number', { field: 'subject', lable: 'Concern' }])
// refused: 'creatdAt' does not exist in type
list(Ticket, ['number'], { order: { creatdAt: 'desc' } })
// refused: Type '"down"' is not assignable to type 'Direction | undefined'
list(Ticket, ['number'], { order: { createdAt: 'down' } })
// refused: Type '"red"' is not assignable
list(Ticket, ['number', { field: 'subject', as: 'red' }])

// refused: Did you mean '"subject"'?
form(Ticket, ['subjct'])
// refused: Did you mean '"partner"'?
form(Ticket, [{ group: 'customer', of: ['partnr'] }])
// refused: Did you mean '"status"'?
form(Ticket, ['subject'], { status: 'staus' })
// refused: is missing the following properties from type
form(Partner, ['name'], { buttons: [close] })
// refused: Cannot find name 'clsoe'. Did you mean 'close'?
form(Ticket, ['subject'], { buttons: [clsoe] })
// refused: Did you mean '"children"'?
form(Ticket, ['subject'], { links: ['childen'] })

// refused: Did you mean '"status"'?
kanban(Ticket, { by: 'statu', card: ['subject'] })
// refused: Type '"creatdAt:month"' is not assignable
pivot(Ticket, { rows: ['status'], columns: ['creatdAt:month'] })
// refused: Type '"subject:median"' is not assignable
graph(Ticket, { by: 'status', measure: 'subject:median' })
// refused: Type '"radar"' is not assignable
graph(Ticket, { by: 'status', kind: 'radar' })
// refused: Did you mean '"status"'?
patch(Ticket, { pivot: { rows: ['staus'] } })
// refused: Type '"createdAt:fortnight"' is not assignable
search(Ticket, { groups: ['createdAt:fortnight'] })
// refused: 'staus' does not exist in type
search(Ticket, { filters: { open: { staus: { category: 'open' } } } })
// refused: Did you mean '"partner.name"'?
search(Ticket, { texts: ['partner.nam'] })

// refused: Did you mean '"people"'?
form(Ticket, ['subject', { group: 'people', of: ['partner'] }], { moved: { customer: 'peopel' } })

// refused: Did you mean '"details"'?
patchView(ticketForm, { in: 'detials', insert: ['subject'] })
// refused: Did you mean '"details"'?
patchView(ticketForm, [{ in: 'detials', insert: ['subject'] }])
// refused: Did you mean '"customer"'?
patchView(ticketForm, { after: 'custmer', insert: ['subject'] })
// refused: Did you mean '"partner"'?
patchView(ticketForm, [{ hide: 'subject' }, { before: 'partnr', insert: ['subject'] }])
// refused: Did you mean '"subject"'?
patchView(ticketForm, { after: 'details', insert: ['subjet'] })
// refused: 'lable' does not exist in type
patchView(ticketForm, { set: 'subject', to: { lable: 'Concern' } })
// refused: an operation is { after, before or in, and insert }
patchView(ticketForm, { after: 'subject' })
// refused: an operation is { after, before or in, and insert }
patchView(ticketForm, { in: 'details', insert: [{ link: 'children' }] })
// refused: Did you mean '"subject"'?
patchView(ticketList, { hide: 'subjct' })
// refused: Did you mean '"mine"'?
patchView(ticketSearch, { hide: 'min' })
// refused: 'assigne' does not exist in type
patchView(ticketSearch, { filters: { free: { assigne: null } } })

const withVehicle = patchView(ticketForm, { after: 'details', insert: [{ tab: 'vehicle', of: ['subject'] }] })
// refused: Did you mean '"vehicle"'?
patchView(withVehicle, { in: 'vehcle', insert: ['subject'] })
// refused: Type '"vehicle"' is not assignable
patchView(ticketForm, { in: 'vehicle', insert: ['subject'] })

// refused: Did you mean '"partner"'?
patch(Ticket, { form: { after: 'partnr', insert: ['subject'] } })
// refused: Type '"customer"' is not assignable
patch(Ticket, { form: { after: 'customer', insert: ['subject'] } })
// refused: Did you mean '"subject"'?
patch(Ticket, { list: [{ hide: 'number' }, { hide: 'subjct' }] })
// refused: is not assignable to type
patch(Ticket, { form: { after: newTicket, insert: ['subject'] } })
