import { administrator } from '@tessera/base'
import { page } from '@tessera/core'
import { listPage } from './list.ts'
import { modulePage } from './module-page.ts'
import { operationPage, operationsPage } from './operation-page.ts'
import { appsPath, operationsPath } from './places.ts'
import { confirmPlan, planDocument, planPage } from './plan-page.ts'

const may = administrator

export const pages = [
  page(`GET ${appsPath}`, { may, respond: listPage }),
  page(`GET ${operationsPath}`, { may, respond: operationsPage }),
  page(`GET ${operationsPath}/:id`, { may, respond: operationPage }),
  page(`GET ${appsPath}/:name`, { may, respond: modulePage }),
  page(`GET ${appsPath}/:name/:verb`, { may, respond: planPage }),
  page(`GET ${appsPath}/:name/:verb/plan`, { may, respond: planDocument }),
  page(`POST ${appsPath}/:name/:verb`, { may, respond: confirmPlan }),
]
