/** Everything that a browser can ask for about a file that is taken in. */
import { staff } from '@tessera/base'
import { type Page, page } from '@tessera/core'
import { modelPage } from '../server/model-page.ts'
import { refusedRows } from './result.ts'
import { importPage, type OfImport, takeImport } from './run-page.ts'
import { uploadFile, uploadPage } from './upload-page.ts'

const may = staff

export const importPages: readonly Page[] = [
  page('GET /:model/import', { may, respond: modelPage((reader, request, model) => uploadPage(reader, request, model)) }),
  page('POST /:model/import', { may, uploads: true, respond: modelPage(uploadFile) }),
  page('GET /:model/imports/:run', { may, respond: modelPage<OfImport>(importPage) }),
  page('POST /:model/imports/:run', { may, respond: modelPage<OfImport>(takeImport) }),
  page('GET /:model/imports/:run/refused', { may, respond: modelPage<OfImport>(refusedRows) }),
]
