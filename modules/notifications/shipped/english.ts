import { ifLinked, quote, type Wordings, wording } from './wording.ts'

const open = 'Open the ticket'

export const english: Wordings = {
  created_partner: wording({
    subject: 'We have received your ticket {{number}}: {{subject}}',
    says: [
      'Dear {{name}},',
      'We have received your ticket {{number}} “{{subject}}” and will get back to you. You can follow it and add to it at any time.',
    ],
    button: 'See your ticket',
  }),
  created_team: wording({
    subject: 'New ticket {{number}}: {{subject}}',
    says: ['{{partner}} has a new ticket for {{team}}: {{number}} “{{subject}}” ({{type}}, {{priority}}).', quote],
    button: open,
  }),
  assigned_assignee: wording({
    subject: 'Assigned to you: {{number}} {{subject}}',
    says: ['{{name}}, ticket {{number}} “{{subject}}” of {{partner}} was assigned to you ({{priority}}, {{status}}).', quote],
    button: open,
  }),
  assigned_team: wording({
    subject: 'Assigned to {{team}}: {{number}} {{subject}}',
    says: [
      'Ticket {{number}} “{{subject}}” of {{partner}} was assigned to {{team}}. Nobody has taken it yet ({{priority}}, {{status}}).',
      quote,
    ],
    button: open,
  }),
  replied_partner: wording({
    subject: 'Answer to your ticket {{number}}: {{subject}}',
    says: ['Dear {{name}},', 'We have answered your ticket {{number}} “{{subject}}”:', quote, 'It is now: {{status}}.'],
    button: 'Reply',
  }),
  replied_assignee: wording({
    subject: '{{author}} answered: {{number}} {{subject}}',
    says: ['{{author}} answered on your ticket {{number}} “{{subject}}” ({{status}}):', quote],
    button: open,
  }),
  replied_team: wording({
    subject: '{{author}} answered: {{number}} {{subject}}',
    says: ['{{author}} answered on ticket {{number}} “{{subject}}” ({{status}}), which nobody in {{team}} has taken yet:', quote],
    button: open,
  }),
  status_partner: wording({
    subject: 'Your ticket {{number}} is now: {{status}}',
    says: ['Dear {{name}},', 'Your ticket {{number}} “{{subject}}” is now: {{status}}.'],
    button: 'See your ticket',
  }),
  status_assignee: wording({
    subject: '{{status}}: {{number}} {{subject}}',
    says: ['Your ticket {{number}} “{{subject}}” of {{partner}} is now: {{status}} ({{author}}).'],
    button: open,
  }),
  closed_partner: wording({
    subject: 'Your ticket {{number}} is closed: {{subject}}',
    says: [
      'Dear {{name}},',
      'Your ticket {{number}} “{{subject}}” is closed.{{#if reason}} {{reason}}{{/if}}',
      quote,
      ifLinked(
        'How did we do? Your rating helps us; it takes one click. If something is still open, <a href="{{url}}">take the ticket up again</a>.',
      ),
    ],
    button: 'Rate our work',
    to: '{{url}}/rate',
  }),
  closed_assignee: wording({
    subject: 'Closed: {{number}} {{subject}}',
    says: ['{{author}} closed your ticket {{number}} “{{subject}}” of {{partner}}: {{status}}.{{#if reason}} {{reason}}{{/if}}', quote],
    button: open,
  }),
  mentioned_follower: wording({
    subject: '{{author}} named you: {{number}} {{subject}}',
    says: ['{{author}} named you on ticket {{number}} “{{subject}}” of {{partner}} ({{status}}):', quote],
    button: open,
  }),
  replied_follower: wording({
    subject: '{{author}} answered: {{number}} {{subject}}',
    says: ['{{author}} answered on ticket {{number}} “{{subject}}” of {{partner}}, which you follow ({{status}}):', quote],
    button: open,
  }),
  status_follower: wording({
    subject: '{{status}}: {{number}} {{subject}}',
    says: ['Ticket {{number}} “{{subject}}” of {{partner}}, which you follow, is now: {{status}} ({{author}}).'],
    button: open,
  }),
  closed_follower: wording({
    subject: 'Closed: {{number}} {{subject}}',
    says: [
      '{{author}} closed ticket {{number}} “{{subject}}” of {{partner}}, which you follow: {{status}}.{{#if reason}} {{reason}}{{/if}}',
      quote,
    ],
    button: open,
  }),
  planned_doer: wording({
    subject: '{{author}} gave you an activity: {{number}} {{subject}}',
    says: ['{{author}} gave you an activity on ticket {{number}} “{{subject}}” of {{partner}} ({{status}}):', quote],
    button: open,
  }),
  due_doer: wording({
    subject: 'To be done today: {{number}} {{subject}}',
    says: ['{{name}}, this is to be done today about ticket {{number}} “{{subject}}” of {{partner}} ({{status}}):', quote],
    button: open,
  }),
  overdue_assignee: wording({
    subject: 'Overdue: {{number}} {{subject}}',
    says: ['{{name}}, ticket {{number}} “{{subject}}” of {{partner}} is overdue ({{priority}}, {{status}}).'],
    button: open,
  }),
  atRisk_assignee: wording({
    subject: 'At risk: {{number}} {{subject}}',
    says: ['{{name}}, ticket {{number}} “{{subject}}” of {{partner}} will soon be overdue ({{priority}}, {{status}}).'],
    button: open,
  }),
}
