import { User } from '@tessera/base'
import { defineModel, type Fields, given, list, type Model, me, p, search } from '@tessera/core'
import { events } from './event.ts'

const fields = {
  user: () => p.manyToOne(User),
  event: p.enum(events),
  model: p.string(),
  record: p.uuid(),
  actor: () => p.manyToOne(User).nullable(),
  readAt: p.datetime().nullable(),
}

/**
 * What the bell tells one of the staff. It names the record and no more: what it is called is read when it is shown, with the rights that
 * he has then.
 */
export interface Notice extends Fields<typeof fields> {}
export const Notice: Model<Notice> = defineModel('notice', fields, {
  label: 'Notification',
  plural: 'Notifications',
  title: given(['event'], ({ event }) => event),
  icon: 'bell',
  order: { createdAt: 'desc' },
  personal: true,
  extensible: false,
  fields: {
    event: {
      options: {
        created: 'New',
        assigned: 'Assigned',
        replied: 'Answered',
        status: 'Status changed',
        closed: 'Closed',
        mentioned: 'Named',
        planned: 'Activity given',
        due: 'Activity due',
        overdue: 'Overdue',
        atRisk: 'At risk',
      },
    },
    readAt: { label: 'Read' },
  },
  indexes: [{ of: ['user', 'createdAt'] }, { of: ['user', 'event'], where: { readAt: null } }],
})

export const noticeViews = [
  list(Notice, ['createdAt', 'event', 'model', { field: 'actor', as: 'person' }, 'readAt'], {
    tones: { muted: { readAt: { $ne: null } } },
  }),
  search(Notice, { filters: { unread: { readAt: null }, mine: { user: me.id } }, facets: ['event'] }),
]
