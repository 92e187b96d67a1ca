import { User } from '@tessera/base'
import {
  action,
  calendar,
  defineModel,
  type Fields,
  form,
  given,
  list,
  type Model,
  me,
  p,
  type Services,
  search,
  UserError,
} from '@tessera/core'
import { z } from 'zod'
import { ActivityType, activityType } from './activity-type.model.ts'
import { placeOf } from './place.ts'

const fields = {
  type: () => p.manyToOne(ActivityType),
  summary: p.string(),
  due: p.date(),
  user: () => p.manyToOne(User),
  doneAt: p.datetime().nullable(),
  feedback: p.text().nullable(),
}

/**
 * Something that one of the staff means to do about a record by a day: of the calendar of whoever reads it, so that "today" ends at
 * his midnight. A model that has activities adds a relation to itself and names it under `within`.
 */
export interface Activity extends Fields<typeof fields, 'type'> {}
export const Activity: Model<Activity> = defineModel('activity', fields, {
  plural: 'Activities',
  title: 'summary',
  icon: 'calendar-event',
  order: { due: 'asc', createdAt: 'asc' },
  fields: {
    type: { suggest: given([], () => activityType.todo) },
    summary: { valid: z.string().trim().min(1).max(200) },
    due: { label: 'Due' },
    user: { label: 'Who', where: { active: true, staff: true } },
    doneAt: { label: 'Done', through: () => [complete] },
    feedback: { valid: z.string().trim().max(2_000), through: () => [complete], help: 'What came of it.' },
  },
  indexes: [{ of: ['user', 'due'], where: { doneAt: null } }],
  around: {
    create: async (draft, next, services) => {
      await demandReader(draft, services)
      return next(draft)
    },
    update: async (activity, changes, next, services) => {
      if (changes.user) await demandReader({ ...activity, ...changes }, services)
      await next(changes)
    },
  },
})

/** What was to be done is done; what came of it is said in the conversation. */
export const complete = action(Activity, 'complete', {
  label: 'Mark as done',
  icon: 'check',
  when: { doneAt: null },
  otherwise: '"{title}" is done already.',
  input: z.object({ feedback: z.string().trim().max(2_000).optional() }),
  run: (activity, { feedback }, { activities }) => activities.complete(activity, feedback),
})

export const activityViews = [
  list(
    Activity,
    [{ field: 'due', as: 'due' }, 'type', 'summary', { field: 'user', as: 'person' }, { field: 'doneAt', optional: 'hidden' }],
    {
      filter: ['open'],
      tones: { muted: { doneAt: { $ne: null } } },
    },
  ),
  form(
    Activity,
    ['summary', { group: 'when', label: 'Activity', of: ['type', 'due', { field: 'user', as: 'person' }, 'doneAt', 'feedback'] }],
    {
      buttons: [complete],
    },
  ),
  calendar(Activity, {
    date: 'due',
    card: ['summary', 'type', { field: 'user', as: 'person' }],
    tones: { muted: { doneAt: { $ne: null } } },
  }),
  search(Activity, {
    texts: ['summary'],
    filters: { open: { doneAt: null }, mine: { user: me.id }, done: { doneAt: { $ne: null } } },
    groups: ['type', 'user', 'due:week'],
    facets: ['type', 'user'],
  }),
]

/** Nobody is given something to do about what he may not see. */
async function demandReader(activity: object, { app, followers }: Services): Promise<void> {
  const place = placeOf(app, Activity, activity)
  const given: unknown = 'user' in activity ? activity.user : undefined
  const user = typeof given === 'object' && given !== null && 'id' in given ? given.id : given
  if (!place || typeof user !== 'string' || (await followers.mayFollow(place.model, place.id, user))) return
  throw new UserError(
    'thread.cannot_do',
    'Whom you chose may not read what this activity is about. Choose somebody else, or give him the right first.',
  )
}
