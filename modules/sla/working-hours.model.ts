import { isZone } from '@tessera/base'
import { data, defineModel, type Fields, given, type Model, p, translated } from '@tessera/core'
import { z } from 'zod'

const fields = {
  name: translated(),
  zone: p.string().default('UTC'),
  times: () => p.oneToMany(WorkingTime).mappedBy('workingHours'),
  holidays: () => p.oneToMany(Holiday).mappedBy('workingHours'),
}

/** When time counts: the hours of a week on the clocks of a zone, and the days without any. */
export interface WorkingHours extends Fields<typeof fields> {}
export const WorkingHours: Model<WorkingHours> = defineModel('workingHours', fields, {
  label: 'Working hours',
  plural: 'Working hours',
  title: 'name',
  icon: 'clock-hour-9',
  order: { name: 'asc' },
  announced: true,
  fields: {
    name: { valid: z.string().trim().min(1).max(200), tracked: true },
    zone: {
      label: 'Time zone',
      help: 'On whose clocks the hours are. For example Europe/Paris.',
      valid: z.string().refine(isZone, 'write the name of a time zone, for example Europe/Paris'),
      tracked: true,
    },
    times: { label: 'Hours' },
  },
})

const weekdays = ['1', '2', '3', '4', '5', '6', '7'] as const
type Weekday = (typeof weekdays)[number]
const timeFields = {
  workingHours: () => p.manyToOne(WorkingHours),
  weekday: p.enum(weekdays),
  begins: p.string().length(5),
  ends: p.string().length(5),
}
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'write the hour with two digits and the minutes, for example 09:00')

/** A stretch of every such weekday; a day may have several. Weekdays are numbered as ISO 8601 does. */
export interface WorkingTime extends Fields<typeof timeFields> {}
export const WorkingTime: Model<WorkingTime> = defineModel('workingTime', timeFields, {
  plural: 'Working times',
  title: given(['weekday', 'begins', 'ends'], ({ begins, ends }) => `${begins}–${ends}`),
  order: { weekday: 'asc', begins: 'asc' },
  announced: true,
  extensible: false,
  within: ['workingHours'],
  fields: {
    workingHours: { removedWith: true },
    weekday: {
      options: {
        1: 'Monday',
        2: 'Tuesday',
        3: 'Wednesday',
        4: 'Thursday',
        5: 'Friday',
        6: 'Saturday',
        7: 'Sunday',
      },
    },
    begins: { label: 'From', valid: clock },
    ends: { label: 'To', valid: clock, help: '24:00 is the end of the day.' },
  },
  checks: {
    order: {
      holds: given(['begins', 'ends'], ({ begins, ends }) => begins < ends),
      else: 'The hours from {begins} to {ends} end before they begin. Hours past midnight are two lines: until 24:00, and from 00:00 of the day after.',
    },
  },
})

const holidayFields = {
  workingHours: () => p.manyToOne(WorkingHours),
  day: p.date(),
  name: p.string(),
}

/** A day on which no time counts. */
export interface Holiday extends Fields<typeof holidayFields> {}
export const Holiday: Model<Holiday> = defineModel('holiday', holidayFields, {
  title: 'name',
  order: { day: 'asc' },
  announced: true,
  extensible: false,
  within: ['workingHours'],
  fields: { workingHours: { removedWith: true }, name: { valid: z.string().trim().min(1).max(200) } },
  unique: { day: { of: ['workingHours', 'day'], else: 'The {day} is a holiday already.' } },
})

export const workingHours = data(WorkingHours, {
  always: { name: { en: 'Around the clock', fr: 'Jour et nuit', ar: 'على مدار الساعة' }, zone: 'UTC' },
  office: {
    name: { en: 'Monday to Friday, 9 to 17', fr: 'Du lundi au vendredi, de 9 h à 17 h', ar: 'من الاثنين إلى الجمعة، من 9 إلى 17' },
    zone: 'UTC',
  },
})

export const workingTimes = data(WorkingTime, {
  always_1: allDay('1'),
  always_2: allDay('2'),
  always_3: allDay('3'),
  always_4: allDay('4'),
  always_5: allDay('5'),
  always_6: allDay('6'),
  always_7: allDay('7'),
  office_1: officeDay('1'),
  office_2: officeDay('2'),
  office_3: officeDay('3'),
  office_4: officeDay('4'),
  office_5: officeDay('5'),
})

function allDay(weekday: Weekday) {
  return { workingHours: workingHours.always, weekday, begins: '00:00', ends: '24:00' }
}
function officeDay(weekday: Weekday) {
  return { workingHours: workingHours.office, weekday, begins: '09:00', ends: '17:00' }
}
