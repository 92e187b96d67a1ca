import { administrator } from '@tessera/base'
import { page } from '@tessera/core'
import { archivePage } from './archive-page.ts'
import { listPage } from './list.ts'
import { modulePage } from './module-page.ts'
import { operationPage } from './operation-page.ts'
import { operationsPage } from './operations-page.ts'
import { appsPath, leftoversPath, operationsPath } from './places.ts'
import { confirmPlan, confirmPurge, planDocument, planPage, purgeDocument, purgePage } from './plan-page.ts'

const may = administrator

export const pages = [
  page(`GET ${appsPath}`, { may, respond: listPage }),
  page(`GET ${operationsPath}`, { may, respond: operationsPage }),
  page(`GET ${operationsPath}/:id`, { may, respond: operationPage }),
  page(`GET ${operationsPath}/:id/archive`, { may, respond: archivePage }),
  page(`GET ${leftoversPath}`, { may, respond: purgePage }),
  page(`GET ${leftoversPath}/plan`, { may, respond: purgeDocument }),
  page(`POST ${leftoversPath}`, { may, respond: confirmPurge }),
  page(`GET ${appsPath}/:name`, { may, respond: modulePage }),
  page(`GET ${appsPath}/:name/:verb`, { may, respond: planPage }),
  page(`GET ${appsPath}/:name/:verb/plan`, { may, respond: planDocument }),
  page(`POST ${appsPath}/:name/:verb`, { may, respond: confirmPlan }),
]
