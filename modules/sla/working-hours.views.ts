import { form, list, search } from '@tessera/core'
import { Holiday, WorkingHours, WorkingTime } from './working-hours.model.ts'

export const workingHoursViews = [
  list(WorkingHours, ['name', 'zone']),
  form(WorkingHours, [
    'name',
    { group: 'clocks', label: 'Clocks', of: ['zone'] },
    { tab: 'week', label: 'Hours of the week', of: [{ field: 'times', as: 'lines', list: ['weekday', 'begins', 'ends'] }] },
    { tab: 'free', label: 'Holidays', of: [{ field: 'holidays', as: 'lines', list: ['day', 'name'] }] },
  ]),
  search(WorkingHours, { texts: ['name'], facets: ['zone'] }),
  list(WorkingTime, ['workingHours', 'weekday', 'begins', 'ends']),
  list(Holiday, ['workingHours', 'day', 'name']),
  search(Holiday, { texts: ['name'], facets: ['workingHours'] }),
]
