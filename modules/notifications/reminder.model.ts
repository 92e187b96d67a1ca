import { defineModel, type Fields, type Model, p } from '@tessera/core'
import { Activity } from '@tessera/thread'

const fields = {
  activity: () => p.manyToOne(Activity),
  due: p.date(),
}

/** That somebody was reminded of what he meant to do, on the day by which it was due: once, unless it is put off to another day. */
export interface Reminder extends Fields<typeof fields> {}
export const Reminder: Model<Reminder> = defineModel('reminder', fields, {
  title: 'due',
  icon: 'calendar-due',
  exposed: false,
  extensible: false,
  order: { createdAt: 'desc' },
  fields: { activity: { removedWith: true } },
  unique: { activity_due: { of: ['activity', 'due'], else: 'He was reminded of this activity already.' } },
})
