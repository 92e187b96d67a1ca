/** The history of one record: `GET /api/tickets/:id/history`. */
import type { ModelMeta } from '../../model/meta.ts'
import type { Endpoint } from '../state.ts'
import { sendJson } from './answer.ts'
import { parseHistory } from './query.ts'

/** For whoever may read the record, newest first, without the fields that he may not read. */
export function historyOf(model: ModelMeta): Endpoint['handle'] {
  return async (http, services, { id = '' }) => {
    const limit = parseHistory(model, http.querystring)
    sendJson(http, JSON.stringify({ data: await services.records.history(model.handle, id, limit) }))
  }
}
