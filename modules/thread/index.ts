import base, { Attachment, administrator, agent, automation, customer, manager, staff, system, viewer } from '@tessera/base'
import { defineModule, me, menu, show } from '@tessera/core'
import web, { account } from '@tessera/web'
import { ActivitiesService } from './activities.service.ts'
import { Activity, activityViews, complete } from './activity.model.ts'
import { ActivityType, activityType, activityTypeViews } from './activity-type.model.ts'
import { attachmentExtension } from './attachments.ts'
import { besideMessages } from './beside.ts'
import { Follower, followerViews } from './follower.model.ts'
import { FollowersService } from './followers.service.ts'
import { History, historyViews } from './history.model.ts'
import { listeners } from './listeners.ts'
import { Message, messageViews } from './message.model.ts'
import { myActivities } from './my-activities.ts'
import { pages } from './pages.ts'
import { SavedRepliesService } from './saved-replies.service.ts'
import { SavedReply, savedReplyRules, savedReplyViews } from './saved-reply.model.ts'

export type { Mention } from './mentions.ts'
export { Activity, ActivityType, activityType, attachmentExtension, complete, Follower, History, Message, SavedReply }

export default defineModule({
  name: 'thread',
  depends: [base, web],
  models: [History, Message, Follower, ActivityType, Activity, SavedReply],
  extends: [attachmentExtension],
  services: { followers: FollowersService, activities: ActivitiesService, savedReplies: SavedRepliesService },
  actions: [complete],
  data: [activityType],
  views: [...historyViews, ...messageViews, ...followerViews, ...activityTypeViews, ...activityViews, ...savedReplyViews],
  menus: [
    myActivities,
    menu('Activity types', { in: automation, icon: 'calendar-event', opens: ActivityType, may: manager }),
    menu('Saved replies', { in: automation, icon: 'template', opens: SavedReply, may: manager }),
    menu('My saved replies', { in: account, icon: 'template', opens: show(SavedReply, { filter: ['mine'] }), may: agent }),
    menu('History', { in: system, icon: 'history', opens: History, may: administrator }),
  ],
  pages,
  events: listeners,
  overrides: { client: besideMessages },
  permissions: [
    // Of the history there are no rules: a record's is shown to those who may read the record, and as a whole to administrators only.
    viewer.can('read', Message),
    customer.can('read', Message, { kind: 'public' }, ['kind', 'body', 'sender', 'channel', 'createdAt']),
    ...[viewer, customer].map((role) => role.can('read', Attachment, { $not: { message: null } })),
    // What was said stays; a file that should not have been sent can be taken out of it.
    manager.can('delete', Attachment, { $not: { message: null } }),
    // Of the records that they may read, as the models say that ask for it.
    viewer.can('read', Follower),
    viewer.can('read', Activity),
    staff.can(['read', 'update', complete], Activity, { user: me.id }),
    staff.can('read', ActivityType),
    agent.can(['create', 'update', 'delete', complete], Activity),
    manager.can(['create', 'update', 'delete'], ActivityType),
    ...savedReplyRules,
  ],
})
