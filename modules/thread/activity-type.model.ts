import { data, defineModel, type Fields, list, type Model, p, search, translated } from '@tessera/core'

const fields = {
  code: p.string(),
  name: translated(),
  rank: p.integer().default(0),
}

/** What kind of thing somebody means to do. */
export interface ActivityType extends Fields<typeof fields> {}
export const ActivityType: Model<ActivityType> = defineModel('activityType', fields, {
  title: 'name',
  code: 'code',
  icon: 'calendar-event',
  order: { rank: 'asc', code: 'asc' },
  unique: { code: { of: ['code'], else: 'There is already an activity type with the code "{code}".' } },
})

export const activityType = data(ActivityType, {
  todo: { code: 'todo', name: { en: 'To do', fr: 'À faire', ar: 'مهمة' }, rank: 1 },
  call: { code: 'call', name: { en: 'Call', fr: 'Appel', ar: 'مكالمة' }, rank: 2 },
  meeting: { code: 'meeting', name: { en: 'Meeting', fr: 'Réunion', ar: 'اجتماع' }, rank: 3 },
  mail: { code: 'mail', name: { en: 'Mail', fr: 'Courriel', ar: 'بريد' }, rank: 4 },
})

export const activityTypeViews = [list(ActivityType, ['rank', 'name', 'code']), search(ActivityType, { texts: ['name', 'code'] })]
