import { mayViewAs, staff } from '@tessera/base'
import { type ModelMeta, NotFound, type Page, page, type Reply, type Request, redirect } from '@tessera/core'
import { builderPage, countPage } from '../builder/count.ts'
import { dashboardPages } from '../dashboard/pages.ts'
import { exportPage, takeExport } from '../exchange/export-page.ts'
import { graphScreen } from '../figures/graph.ts'
import { pivotScreen } from '../figures/pivot.ts'
import { pivotFile } from '../figures/pivot-file.ts'
import { importPages } from '../importing/pages.ts'
import { jobPages } from '../jobs/pages.ts'
import { runPages } from '../runs/pages.ts'
import { actionScreen, demandAction, doAction, doActionToMany } from './actions.ts'
import { show } from './answer.ts'
import { apiDocsScript } from './api-docs.ts'
import { archiveRecord } from './archive-record.ts'
import { assetPage } from './assets-page.ts'
import { bulkPages } from './bulk-pages.ts'
import { calendarScreen } from './calendar.ts'
import { cellPages } from './cell-edit.ts'
import { columnPages } from './column-pages.ts'
import { confirm, confirmPage, mailProof, proofLinkPage, useProofLink } from './confirm.ts'
import { filterScreen, takeFilter } from './custom-filter.ts'
import { developerPages } from './developer-mode.ts'
import { finishFirstRun, firstRunPage, linkPage, mailLink, signIn, signInPage, signOut, useLink } from './entrance.ts'
import { events, replying } from './events.ts'
import { exportList } from './export.ts'
import { chooseFacet, facetScreen } from './facet.ts'
import { addFiles, removeFile, removeFileScreen } from './file-pages.ts'
import { demandRow, newScreen, recordScreen } from './form.ts'
import { acceptInvitation, invitationPage } from './invitation.ts'
import { kanbanScreen } from './kanban.ts'
import { listScreen } from './list.ts'
import { modelPage, type OfModel } from './model-page.ts'
import { moveRecord } from './move.ts'
import { optionsFor } from './options.ts'
import { groupScreen, takeGroup } from './other-grouping.ts'
import { palettePages } from './palette-pages.ts'
import { preferencesPage } from './preferences.ts'
import { quickPages } from './quick.ts'
import type { Reader } from './reader.ts'
import { visited } from './recent.ts'
import { refuseCreation } from './refuse.ts'
import { removeRecord, removeScreen } from './remove.ts'
import { createRecord, saveRecord } from './save.ts'
import { codePage, useCode } from './second-step.ts'
import { settingsPages } from './settings-page.ts'
import { suggestFor } from './suggest.ts'
import { stopViewing, viewAs } from './view-as.ts'
import { viewPages } from './view-pages.ts'

type Params = OfModel
type OfFile = Params & { readonly id: string; readonly file: string }

/** The generated screens are for staff: whom the organisation serves has pages of his own. */
const may = staff

/** Everything that a browser can ask for. */
export const pages: readonly Page[] = [
  page('GET /', {
    may: 'anybody',
    respond: (_, services) => {
      if (services.context.caller.id === null) return redirect('/sign-in')
      const place = services.client.home()
      if (place !== undefined) return redirect(place)
      throw new NotFound('web.no_place', 'Your roles open none of the screens here. Ask an administrator for one.')
    },
  }),
  page('GET /assets/:hash/:file', { may: 'anybody', respond: assetPage }),
  page('GET /assets/:hash/:module/:file', { may: 'anybody', respond: assetPage }),
  page('GET /sign-in', { may: 'anybody', respond: (request, services) => signInPage(services, request) }),
  page('POST /sign-in', { may: 'anybody', respond: (request, services) => signIn(services, request) }),
  page('GET /sign-in/link', { may: 'anybody', respond: (request, services) => signInPage(services, request) }),
  page('POST /sign-in/link', { may: 'anybody', respond: (request, services) => mailLink(services, request) }),
  page('GET /sign-in/:token', { may: 'anybody', respond: (request, services) => linkPage(services, request) }),
  page('POST /sign-in/:token', { may: 'anybody', respond: (request, services) => useLink(services, request) }),
  page('GET /sign-in/code/:token', { may: 'anybody', respond: (request, services) => codePage(services, request) }),
  page('POST /sign-in/code/:token', { may: 'anybody', respond: (request, services) => useCode(services, request) }),
  page('GET /confirm', { may: 'signed-in', respond: (request, services) => confirmPage(services, request) }),
  page('POST /confirm', { may: 'signed-in', respond: (request, services) => confirm(services, request) }),
  page('POST /confirm/link', { may: 'signed-in', respond: (request, services) => mailProof(services, request) }),
  page('GET /confirm/:token', { may: 'signed-in', respond: (request, services) => proofLinkPage(services, request) }),
  page('POST /confirm/:token', { may: 'signed-in', respond: (request, services) => useProofLink(services, request) }),
  page('GET /first-run/:token', { may: 'anybody', respond: (request, services) => firstRunPage(services, request) }),
  page('POST /first-run/:token', { may: 'anybody', respond: (request, services) => finishFirstRun(services, request) }),
  page('GET /invitation/:token', { may: 'anybody', respond: (request, services) => invitationPage(services, request) }),
  page('POST /invitation/:token', { may: 'anybody', respond: (request, services) => acceptInvitation(services, request) }),
  page('POST /view-as/:user', { may: mayViewAs, respond: (request, services) => viewAs(services, request) }),
  page('POST /view-as/end', { may: 'signed-in', whileLooking: true, respond: (request, services) => stopViewing(services, request) }),
  page('POST /sign-out', { may: 'anybody', whileLooking: true, respond: (request, services) => signOut(services, request) }),
  page('POST /preferences', { may: 'anybody', respond: (request, services) => preferencesPage(services, request) }),

  ...developerPages,
  ...palettePages,
  apiDocsScript,
  ...settingsPages,
  page('GET /events', { may: 'signed-in', respond: (request, services) => events(request, services) }),
  page('POST /events/replying', { may, respond: (request, services) => replying(request, services) }),

  ...dashboardPages,
  ...viewPages,
  ...bulkPages,
  ...runPages,
  ...jobPages,
  ...importPages,
  ...cellPages,
  ...columnPages,
  ...quickPages,
  page('GET /:model', { may, respond: modelPage(listOrBoard) }),
  page('GET /:model/new', {
    may,
    respond: modelPage(async (reader, request, model) => {
      refuseCreation(reader, model)
      return show(reader.services, request, 'form', await newScreen(reader, request, model))
    }),
  }),
  page('POST /:model/new', { may, respond: modelPage(createRecord) }),
  page('GET /:model/options', { may, respond: modelPage(optionsFor) }),
  page('GET /:model/suggest', { may, respond: modelPage(suggestFor) }),
  page('GET /:model/export', { may, respond: modelPage(exportList) }),
  page('GET /:model/export/choose', { may, respond: modelPage(exportPage) }),
  page('POST /:model/export/choose', { may, respond: modelPage(takeExport) }),
  page('GET /:model/pivot', { may, respond: modelPage(pivotFile) }),
  page('GET /:model/choose', {
    may,
    respond: modelPage(async (reader, request, model) =>
      show(reader.services, request, 'confirm', await facetScreen(reader, request, model)),
    ),
  }),
  page('POST /:model/choose', { may, respond: modelPage(chooseFacet) }),
  page('GET /:model/group', {
    may,
    respond: modelPage(async (reader, request, model) =>
      show(reader.services, request, 'confirm', await groupScreen(reader, request, model)),
    ),
  }),
  page('POST /:model/group', { may, respond: modelPage(takeGroup) }),
  page('POST /:model/builder', { may, respond: modelPage(builderPage) }),
  page('POST /:model/count', { may, respond: modelPage(countPage) }),
  page('GET /:model/filter', {
    may,
    respond: modelPage(async (reader, request, model) =>
      show(reader.services, request, 'confirm', await filterScreen(reader, request, model)),
    ),
  }),
  page('POST /:model/filter', { may, respond: modelPage(takeFilter) }),
  page('POST /:model/actions/:action', {
    may,
    respond: modelPage<Params & { action: string }>((reader, request, model) =>
      doActionToMany(reader, request, model, demandAction(reader, model, request.params.action)),
    ),
  }),
  page('GET /:model/:id', {
    may,
    respond: modelPage<Params & { id: string }>(async (reader, request, model) => {
      const row = await demandRow(reader, model, request.params.id)
      return show(reader.services, request, 'form', await recordScreen(reader, request, model, row), {
        cookies: visited(request, model, row.id),
      })
    }),
  }),
  page('POST /:model/:id', {
    may,
    respond: modelPage<Params & { id: string }>((reader, request, model) => saveRecord(reader, request, model, request.params.id)),
  }),
  page('POST /:model/:id/move', {
    may,
    respond: modelPage<Params & { id: string }>((reader, request, model) => moveRecord(reader, request, model, request.params.id)),
  }),
  page('POST /:model/:id/archive', {
    may,
    respond: modelPage<Params & { id: string }>((reader, request, model) => archiveRecord(reader, request, model, request.params.id)),
  }),
  page('GET /:model/:id/delete', {
    may,
    respond: modelPage<Params & { id: string }>(async (reader, request, model) =>
      show(reader.services, request, 'confirm', await removeScreen(reader, request, model, request.params.id)),
    ),
  }),
  page('POST /:model/:id/delete', {
    may,
    respond: modelPage<Params & { id: string }>((reader, request, model) => removeRecord(reader, request, model, request.params.id)),
  }),
  page('GET /:model/:id/actions/:action', {
    may,
    respond: modelPage<Params & { id: string; action: string }>((reader, request, model) =>
      actionScreen(reader, request, model, request.params.id, demandAction(reader, model, request.params.action)),
    ),
  }),
  page('POST /:model/:id/files', {
    may,
    uploads: true,
    respond: modelPage<Params & { id: string }>((reader, request, model) => addFiles(reader, request, model, request.params.id)),
  }),
  page('GET /:model/:id/files/:file/delete', {
    may,
    respond: modelPage<OfFile>(async (reader, request, model) =>
      show(reader.services, request, 'confirm', await removeFileScreen(reader, request, model, request.params.id, request.params.file)),
    ),
  }),
  page('POST /:model/:id/files/:file/delete', {
    may,
    respond: modelPage<OfFile>((reader, request, model) => removeFile(reader, request, model, request.params.id, request.params.file)),
  }),
  page('POST /:model/:id/actions/:action', {
    may,
    uploads: true,
    respond: modelPage<Params & { id: string; action: string }>((reader, request, model) =>
      doAction(reader, request, model, request.params.id, demandAction(reader, model, request.params.action)),
    ),
  }),
]

async function listOrBoard(reader: Reader, request: Request<Params>, model: ModelMeta): Promise<Reply> {
  const { kanban, calendar } = reader.app.screens(model)
  const view = request.query.get('view')
  if (view === 'pivot') return show(reader.services, request, 'pivot', await pivotScreen(reader, request, model))
  if (view === 'graph') return show(reader.services, request, 'graph', await graphScreen(reader, request, model))
  if (view === 'kanban' && kanban) return show(reader.services, request, 'kanban', await kanbanScreen(reader, request, model))
  if (view === 'calendar' && calendar) return show(reader.services, request, 'calendar', await calendarScreen(reader, request, model))
  return show(reader.services, request, 'list', await listScreen(reader, request, model))
}
