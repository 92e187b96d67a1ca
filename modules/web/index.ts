import base from '@tessera/base'
import { defineModule } from '@tessera/core'
import { account } from './account.ts'
import { bulkJob } from './bulk.job.ts'
import { BulkRun, bulkRunRules } from './bulk-run.model.ts'
import { ListLayout, listLayoutRules } from './list-layout.model.ts'
import { SavedView, savedViewRules } from './saved-view.model.ts'
import { ClientService } from './server/client.service.ts'
import { pages } from './server/pages.ts'
import { ScreensService } from './server/screens.service.ts'

export { account } from './account.ts'
export { type BuilderAbout, filterBuilder, keptOr, type ReadFilter, readFilter } from './builder/builder.ts'
export type { BuilderChange } from './builder/typed.ts'
export { initialsOf, toneOf } from './person.ts'
export { ownPath } from './server/answer.ts'
export type { RecordLink, WayIn } from './server/client.service.ts'
export type { OwnPage, Render } from './server/screens.service.ts'
export { templates } from './server/screens.service.ts'
export { themeOf } from './server/shell.ts'

declare module '@tessera/core' {
  interface Services {
    readonly client: ClientService
    readonly screens: ScreensService
  }
}

export default defineModule({
  name: 'web',
  depends: [base],
  models: [SavedView, ListLayout, BulkRun],
  permissions: [...savedViewRules, ...listLayoutRules, ...bulkRunRules],
  jobs: [bulkJob],
  services: { client: ClientService, screens: ScreensService },
  menus: [account],
  pages,
})
