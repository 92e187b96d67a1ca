/** What somebody wants to be told of. */
import { User, userForm } from '@tessera/base'
import { extend, type Fields, p, patchView } from '@tessera/core'
import { Partner, partnerForm } from '@tessera/partner'
import { bellOf } from './event.ts'

const userFields = {
  mailsCreated: p.boolean().default(true),
  mailsAssigned: p.boolean().default(true),
  mailsReplied: p.boolean().default(true),
  mailsStatus: p.boolean().default(true),
  mailsClosed: p.boolean().default(true),
  mailsMentioned: p.boolean().default(true),
  mailsPlanned: p.boolean().default(true),
  mailsDue: p.boolean().default(true),
  mailsDeadline: p.boolean().default(true),
  bellCreated: p.boolean().default(true),
  bellAssigned: p.boolean().default(true),
  bellReplied: p.boolean().default(true),
  bellStatus: p.boolean().default(true),
  bellClosed: p.boolean().default(true),
  bellMentioned: p.boolean().default(true),
  bellPlanned: p.boolean().default(true),
  bellDue: p.boolean().default(true),
  bellDeadline: p.boolean().default(true),
}
const partnerFields = { mails: p.boolean().default(true) }

declare module '@tessera/base' {
  interface User extends Fields<typeof userFields> {}
}
declare module '@tessera/partner' {
  interface Partner extends Fields<typeof partnerFields> {}
}

export const ownPreferences = [
  'mailsCreated',
  'mailsAssigned',
  'mailsReplied',
  'mailsStatus',
  'mailsClosed',
  'mailsMentioned',
  'mailsPlanned',
  'mailsDue',
  'mailsDeadline',
  ...new Set(Object.values(bellOf)),
] as const

export const userExtension = extend(User, userFields, {
  fields: {
    mailsCreated: { label: 'Mail: new', help: 'When a ticket reaches one of his teams.' },
    mailsAssigned: { label: 'Mail: assigned', help: 'When a ticket is assigned to him, or to his team and nobody in it.' },
    mailsReplied: { label: 'Mail: replies', help: 'When the customer answers.' },
    mailsStatus: { label: 'Mail: status', help: 'When a ticket of his gets another status, or is taken up again.' },
    mailsClosed: { label: 'Mail: closed', help: 'When a ticket of his is closed.' },
    mailsMentioned: { label: 'Mail: named', help: 'When a colleague names him in a message or note.' },
    mailsPlanned: { label: 'Mail: activity', help: 'When a colleague gives him an activity.' },
    mailsDue: { label: 'Mail: due', help: 'In the morning of the day by which an activity of his is to be done.' },
    mailsDeadline: {
      label: 'Mail: deadlines',
      help: 'When a ticket of his is at risk of missing its deadline, and when it has missed it.',
    },
    bellCreated: { label: 'Bell: new' },
    bellAssigned: { label: 'Bell: assigned' },
    bellReplied: { label: 'Bell: replies' },
    bellStatus: { label: 'Bell: status' },
    bellClosed: { label: 'Bell: closed' },
    bellMentioned: { label: 'Bell: named' },
    bellPlanned: { label: 'Bell: activity' },
    bellDue: { label: 'Bell: due' },
    bellDeadline: { label: 'Bell: deadlines' },
  },
})
export const partnerExtension = extend(Partner, partnerFields, {
  fields: {
    mails: {
      label: 'Gets mails',
      help: 'About his tickets. In a chat that he began he is answered either way.',
      tracked: true,
    },
  },
})

export const userPatch = patchView(userForm, { in: 'preferences', insert: ownPreferences })
export const partnerPatch = patchView(partnerForm, { after: 'language', insert: ['mails'] })
