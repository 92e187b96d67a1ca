/** Everything that a browser can ask for about what somebody did to many. */
import { staff } from '@tessera/base'
import { type Page, page } from '@tessera/core'
import { modelPage } from '../server/model-page.ts'
import type { OfRun } from './own-run.ts'
import { ownRunsPage } from './own-runs.ts'
import { refusedFile, runPage, stopRun } from './run-page.ts'
import { undoRun } from './undo.ts'

const may = staff

export const runPages: readonly Page[] = [
  page('GET /my-runs', { may, respond: ownRunsPage }),
  page('GET /:model/runs/:run', { may, respond: modelPage<OfRun>(runPage) }),
  page('GET /:model/runs/:run/refused', { may, respond: modelPage<OfRun>(refusedFile) }),
  page('POST /:model/runs/:run/undo', { may, respond: modelPage<OfRun>(undoRun) }),
  page('POST /:model/runs/:run/stop', { may, respond: modelPage<OfRun>(stopRun) }),
]
