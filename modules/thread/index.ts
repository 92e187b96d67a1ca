import base, { Attachment, administrator, customer, manager, system, viewer } from '@tessera/base'
import { defineModule, menu } from '@tessera/core'
import { attachmentExtension } from './attachments.ts'
import { History, historyViews } from './history.model.ts'
import { Message, messageViews } from './message.model.ts'

export { attachmentExtension, History, Message }

export default defineModule({
  name: 'thread',
  depends: [base],
  models: [History, Message],
  extends: [attachmentExtension],
  views: [...historyViews, ...messageViews],
  menus: [menu('History', { in: system, icon: 'history', opens: History, may: administrator })],
  permissions: [
    // Of the history there are no rules: a record's is shown to those who may read the record, and as a whole to administrators only.
    viewer.can('read', Message),
    customer.can('read', Message, { kind: 'public' }, ['kind', 'body', 'sender', 'channel', 'createdAt']),
    ...[viewer, customer].map((role) => role.can('read', Attachment, { $not: { message: null } })),
    // What was said stays; a file that should not have been sent can be taken out of it.
    manager.can('delete', Attachment, { $not: { message: null } }),
  ],
})
