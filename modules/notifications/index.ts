import base, { automation, customer, manager, staff, User, viewer } from '@tessera/base'
import { defineModule, me, menu } from '@tessera/core'
import partner, { Partner } from '@tessera/partner'
import thread from '@tessera/thread'
import ticket from '@tessera/ticket'
import web from '@tessera/web'
import { bellOnScreens, bellPages, forgetsNotices, ringing } from './bell.ts'
import { listeners } from './listeners.ts'
import { Notice, noticeViews } from './notice.model.ts'
import { NoticeService } from './notices.service.ts'
import { NotificationService } from './notification.service.ts'
import { NotificationTemplate, preview, templateViews } from './notification-template.model.ts'
import { ownPreferences, partnerExtension, partnerPatch, userExtension, userPatch } from './preferences.ts'
import { previewPages } from './preview.ts'
import { Reminder } from './reminder.model.ts'
import { remindsOfActivities } from './reminders.ts'
import { templates } from './shipped/templates.ts'

export type { Happening, NotificationService } from './notification.service.ts'
export { Notice, NotificationTemplate, templates }

export default defineModule({
  name: 'notifications',
  depends: [base, partner, thread, ticket, web],
  models: [NotificationTemplate, Notice, Reminder],
  extends: [userExtension, partnerExtension],
  services: { notifications: NotificationService, notices: NoticeService },
  actions: [preview],
  data: [templates],
  views: [...templateViews, ...noticeViews, userPatch, partnerPatch],
  menus: [menu('Mail templates', { in: automation, icon: 'mail', opens: NotificationTemplate })],
  pages: [...previewPages, ...bellPages],
  jobs: [forgetsNotices, remindsOfActivities],
  overrides: { client: bellOnScreens },
  events: [...listeners, ...ringing],
  permissions: [
    manager.can(['create', 'read', 'update', 'delete'], NotificationTemplate),
    staff.can('read', Notice, { user: me.id }),
    staff.can('update', Notice, { user: me.id }, ['readAt']),
    viewer.can('update', User, { id: me.id }, ownPreferences),
    customer.can('update', Partner, { id: me.partnerId }, ['mails']),
  ],
})
