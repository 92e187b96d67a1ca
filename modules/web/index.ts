import base, { administrator, system } from '@tessera/base'
import { defineModule, menu } from '@tessera/core'
import { account } from './account.ts'
import { bulkJob, sweepsBulkRuns } from './bulk.job.ts'
import { BulkFormer, BulkRun, bulkRunRules } from './bulk-run.model.ts'
import { Dashboard, dashboardRules, SharedDashboard } from './dashboard/dashboard.model.ts'
import { dashboard } from './dashboard/menu.ts'
import { ExportTemplate, exportTemplateRules } from './exchange/export-template.model.ts'
import { importJob, sweepsImports } from './importing/import.job.ts'
import { importSettings } from './importing/import.settings.ts'
import { ImportRefusal, ImportRun, importRules } from './importing/import-run.model.ts'
import { ListLayout, listLayoutRules } from './list-layout.model.ts'
import { organisation } from './organisation.ts'
import { SavedView, savedViewRules } from './saved-view.model.ts'
import { apiDocs } from './server/api-docs.ts'
import { ClientService } from './server/client.service.ts'
import { developerMode } from './server/developer-mode.ts'
import { listListeners } from './server/kept-lists.ts'
import { pages } from './server/pages.ts'
import { ScreensService } from './server/screens.service.ts'
import { searchRoute } from './server/search.route.ts'
import { templateProblems } from './template-check.ts'
import { userExtension } from './user.ts'
import { calendarSettings } from './working-day.ts'

export { account } from './account.ts'
export { type BuilderAbout, filterBuilder, keptOr, type ReadFilter, readFilter } from './builder/builder.ts'
export type { BuilderChange } from './builder/typed.ts'
export { chartWords, drawnChart, type Mark } from './charts/drawn.ts'
export { type LatestDays, latestDays } from './latest.ts'
export { organisationName } from './organisation.ts'
export { daysIn, type Period, periodBefore, periodIn, periodInWords, periodOf, type Range, ranges } from './period.ts'
export { initialsOf, toneOf } from './person.ts'
export { fillerOf, namesIn, textsIn } from './placeholders.ts'
export type { Bell, TalkParts } from './screens.ts'
export { ownPath } from './server/answer.ts'
export type { OfferedText, RecordAbout, RecordLink, SayingAbout, WayIn } from './server/client.service.ts'
export { dueCell } from './server/due.ts'
export { bellTopic } from './server/events.ts'
export { shownFile } from './server/files.ts'
export { whenOf } from './server/formats.ts'
export { type Looks, looksOf } from './server/looks.ts'
export type { OwnPage, Render } from './server/screens.service.ts'
export { templates } from './server/screens.service.ts'
export { wordsOf } from './server/words.ts'
export { keepWorkingDay, type OwnWorkingDay, weekDays } from './working-day.ts'

declare module '@tessera/core' {
  interface Services {
    readonly client: ClientService
    readonly screens: ScreensService
  }
}

export default defineModule({
  name: 'web',
  depends: [base],
  models: [SavedView, ListLayout, Dashboard, SharedDashboard, BulkRun, BulkFormer, ExportTemplate, ImportRun, ImportRefusal],
  permissions: [
    ...savedViewRules,
    ...listLayoutRules,
    ...dashboardRules,
    ...bulkRunRules,
    ...exportTemplateRules,
    ...importRules,
    administrator.may(developerMode),
  ],
  jobs: [bulkJob, sweepsBulkRuns, importJob, sweepsImports],
  events: listListeners,
  services: { client: ClientService, screens: ScreensService },
  menus: [
    account,
    dashboard,
    menu('My runs', { in: account, icon: 'history', opens: '/my-runs' }),
    menu('Jobs', { in: system, icon: 'clock-cog', opens: '/jobs', may: administrator }),
    menu('Settings', { in: system, icon: 'adjustments-horizontal', opens: '/settings', may: administrator }),
  ],
  settings: [organisation, calendarSettings, importSettings],
  pages,
  routes: [searchRoute, apiDocs],
  extends: [userExtension],
  checks: [templateProblems],
})
