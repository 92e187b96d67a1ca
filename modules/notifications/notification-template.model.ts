import { action, defineModel, type Fields, form, given, list, type Model, p, type Services, search, translated } from '@tessera/core'
import { textsIn } from '@tessera/web'
import { z } from 'zod'
import { audiences, events } from './event.ts'
import { checkTemplate } from './mail/check.ts'

const fields = {
  event: p.enum(events),
  audience: p.enum(audiences),
  subject: translated(),
  body: translated({ long: true }),
  active: p.boolean().default(true),
}

/** What one kind of receiver is told when something happens to a ticket, in several languages. */
export interface NotificationTemplate extends Fields<typeof fields> {}
export const NotificationTemplate: Model<NotificationTemplate> = defineModel('notificationTemplate', fields, {
  label: 'Mail template',
  plural: 'Mail templates',
  title: 'subject',
  icon: 'mail',
  order: { event: 'asc', audience: 'asc' },
  fields: {
    event: {
      options: {
        created: 'Created',
        assigned: 'Assigned',
        replied: 'Replied',
        mentioned: 'Named',
        planned: 'Activity given',
        due: 'Activity due',
        overdue: 'Overdue',
        atRisk: 'At risk',
        status: 'Status changed',
        closed: 'Closed',
      },
      tracked: true,
    },
    audience: {
      label: 'To',
      options: { partner: 'Customer', assignee: 'Assignee', team: 'Team', follower: 'Follower', doer: 'Whose activity it is' },
      tracked: true,
    },
    subject: { valid: z.string().max(255), tracked: true, help: 'In the language in which you read this. Placeholders as in the text.' },
    body: {
      label: 'Text',
      valid: z.string().max(20_000),
      tracked: true,
      help:
        'In the language in which you read this: MJML parts such as <mj-text> and <mj-button>, with placeholders such as {{number}}, ' +
        '{{subject}}, {{name}}, {{message}}, {{status}} and {{url}}.',
    },
    active: { tracked: true, help: 'Nobody is sent what is not active.' },
  },
  checks: {
    sensible: {
      holds: {
        $or: [
          { event: { $in: ['replied', 'status', 'closed'] }, audience: { $ne: 'doer' } },
          { event: 'created', audience: { $in: ['partner', 'team'] } },
          { event: { $in: ['assigned', 'overdue', 'atRisk'] }, audience: { $in: ['assignee', 'team'] } },
          { event: 'mentioned', audience: 'follower' },
          { event: { $in: ['planned', 'due'] }, audience: 'doer' },
        ],
      },
      else:
        'There is no mail of this event to this receiver: a customer is never told to whom his ticket was assigned, an assignee is told ' +
        'of a new ticket by its assignment, only colleagues are named, and of an activity only he is told whose it is. Choose another receiver.',
    },
  },
  unique: { event: { of: ['event', 'audience'], else: 'There is already a template for this event and this receiver. Change that one.' } },
  around: {
    create: async (draft, next, services) => {
      await checkTexts(draft, services)
      return next(draft)
    },
    update: async (_, changes, next, services) => {
      await checkTexts(changes, services)
      await next(changes)
    },
  },
})

/** Shows the mail as it would arrive. */
export const preview = action(NotificationTemplate, 'preview', {
  label: 'Preview',
  help: 'Shows the mail as it would arrive.',
  icon: 'eye',
  opens: given(['id'], ({ id }): `/${string}` => `/notifications/preview/${id}`),
})

export const templateViews = [
  list(NotificationTemplate, ['event', 'audience', 'subject', 'active'], { tones: { muted: { active: false } } }),
  form(NotificationTemplate, ['subject', { group: 'when', of: ['event', 'audience', 'active'] }, { field: 'body', wide: true }], {
    buttons: [preview],
  }),
  search(NotificationTemplate, { facets: ['event', 'audience', 'active'] }),
]

/** All languages of both texts. */
async function checkTexts(written: { readonly subject?: unknown; readonly body?: unknown }, { context }: Services): Promise<void> {
  for (const [, subject] of textsIn(written.subject, context.locale)) checkTemplate.subject(subject)
  for (const [language, body] of textsIn(written.body, context.locale)) await checkTemplate.body(body, language)
}
