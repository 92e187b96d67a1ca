import { administrator } from '@tessera/base'
import { page } from '@tessera/core'
import { changePage, newPage, suggestedNameOf } from './form-page.ts'
import { listPage } from './list-page.ts'
import { fieldsPath, namePath, newPath, planPath } from './places.ts'
import { confirmField, confirmRemoval, planPage, removalPage } from './plan-page.ts'
import { progressPage } from './progress-page.ts'

const may = administrator

export const pages = [
  page(`GET ${fieldsPath}`, { may, respond: listPage }),
  page(`GET ${newPath}`, { may, respond: newPage }),
  page(`GET ${namePath}`, { may, respond: suggestedNameOf }),
  page(`GET ${fieldsPath}/change/:model/:name`, { may, respond: changePage }),
  page(`GET ${planPath}`, { may, respond: planPage }),
  page(`POST ${planPath}`, { may, respond: confirmField }),
  page(`GET ${fieldsPath}/remove/:model/:name`, { may, respond: removalPage }),
  page(`POST ${fieldsPath}/remove/:model/:name`, { may, respond: confirmRemoval }),
  page(`GET ${fieldsPath}/progress/:id`, { may, respond: progressPage }),
]
