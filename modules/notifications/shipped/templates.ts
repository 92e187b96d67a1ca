/** The templates that the module brings along. Nothing here is special: a manager may change, switch off or remove each. */
import { data } from '@tessera/core'
import type { Audience, Event } from '../event.ts'
import { NotificationTemplate } from '../notification-template.model.ts'
import { arabic } from './arabic.ts'
import { english } from './english.ts'
import { french } from './french.ts'
import type { Shipped } from './wording.ts'

export const templates = data(NotificationTemplate, {
  created_partner: row('created', 'partner'),
  created_team: row('created', 'team'),
  assigned_assignee: row('assigned', 'assignee'),
  assigned_team: row('assigned', 'team'),
  replied_partner: row('replied', 'partner'),
  replied_assignee: row('replied', 'assignee'),
  replied_team: row('replied', 'team'),
  status_partner: row('status', 'partner'),
  status_assignee: row('status', 'assignee'),
  closed_partner: row('closed', 'partner'),
  closed_assignee: row('closed', 'assignee'),
  mentioned_follower: row('mentioned', 'follower'),
  replied_follower: row('replied', 'follower'),
  status_follower: row('status', 'follower'),
  closed_follower: row('closed', 'follower'),
  planned_doer: row('planned', 'doer'),
  due_doer: row('due', 'doer'),
  overdue_assignee: row('overdue', 'assignee'),
  atRisk_assignee: row('atRisk', 'assignee'),
})

function row<E extends Event, A extends Audience>(event: E, audience: `${E}_${A}` extends Shipped ? A : never) {
  const key = `${event}_${audience}` as Shipped
  const [en, fr, ar] = [english[key], french[key], arabic[key]]
  return {
    event,
    audience,
    subject: { en: en.subject, fr: fr.subject, ar: ar.subject },
    body: { en: en.body, fr: fr.body, ar: ar.body },
  }
}
