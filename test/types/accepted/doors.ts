/** What authors write and the compiler must take: each line is a shape that once was refused or could come to be. */
import { action, ago, data, defineModule, form, given, list, me, now, patch, patchView, ref, type Services, show } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { close, status, Ticket, TicketStatus, ticketForm, ticketList, ticketSearch } from '@tessera/ticket'
import { z } from 'zod'

const withVehicle = patchView(ticketForm, [
  { after: 'details', insert: [{ tab: 'vehicle', of: ['subject', { group: 'engine', of: ['createdAt'] }] }] },
  { in: 'links', insert: ['tags', { link: 'tags', label: 'All tags' }] },
  { before: close, insert: [close] },
])
const withWheels = patchView(withVehicle, { in: 'vehicle', insert: [{ group: 'wheels', of: ['description'] }] })

// A group by its old name, as an addon still has it that was written for the version before.
const regrouped = form(Ticket, ['subject', { group: 'people', of: ['partner'] }], { moved: { customer: 'people', caller: 'partner' } })
const byOldName = patchView(regrouped, { in: 'customer', insert: ['team'] })

const hold = action(Ticket, 'hold', {
  label: 'Hold',
  input: z.object({ until: z.date(), status: ref(TicketStatus, { category: 'paused' }).optional() }),
  takes: { status: { category: { $in: ['paused'] } }, closedAt: true },
  when: { status: { category: 'open' }, $or: [{ assignee: me.id }, { team: null }], createdAt: { $gt: ago({ days: 30 }) } },
  run: async (ticket, { until }, { records, tickets }: Services) => {
    await tickets.assign(ticket, { assignee: ticket.assignee?.id })
    return records.update(Ticket, ticket.id, { closeReason: until.toISOString(), status: status.new, tags: [{ code: 'x' }, 'id'] })
  },
})

export const more = data(TicketStatus, {
  waiting: { code: 'waiting', name: { en: 'Waiting', fr: 'En attente' }, category: 'paused' },
  refused: { code: 'refused', name: 'Refused', category: 'closed', outcome: 'failure' },
})

export default defineModule({
  name: 'accepted',
  actions: [
    hold,
    action(Partner, 'ask', { label: 'Ask', opens: given(['id'], ({ id }) => show(Ticket, { new: true, defaults: { partner: id } })) }),
  ],
  views: [
    withWheels,
    byOldName,
    patchView(withWheels, { in: 'wheels', insert: ['type.name'] }),
    patchView(withWheels, { set: 'engine', to: { label: 'Motor' } }),
    patchView(ticketList, [
      { hide: 'team' },
      { replace: 'partner', with: ['partner.name', { field: 'partner.email', optional: 'hidden' }] },
    ]),
    patchView(ticketSearch, { hide: 'mine', filters: { old: { createdAt: { $lt: now } }, refused: { status: more.refused } } }),
    patch(Ticket, { form: { replace: 'tags', with: [{ group: 'words', of: ['tags'] }] }, search: { texts: ['description'] } }),
    list(Ticket, ['number', 'partner.company.name', { field: 'subject', tones: { danger: { priority: { level: { $gte: 3 } } } } }]),
  ],
})
