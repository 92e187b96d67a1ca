import base, { administrator, configuration } from '@tessera/base'
import { defineModule, menu } from '@tessera/core'
import { History, historyViews } from './history.model.ts'

export { History }

export default defineModule({
  name: 'thread',
  depends: [base],
  models: [History],
  views: historyViews,
  menus: [menu('History', { in: configuration, icon: 'history', opens: History, may: administrator })],
  // No permissions: a record's history is shown to those who may read the record, and listed as a whole by administrators only.
})
