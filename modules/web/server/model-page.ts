import { type ModelMeta, NotFound, type Reply, type Request, type Services } from '@tessera/core'
import { type Reader, readerOf } from './reader.ts'
import { refuseReading } from './refuse.ts'

export type OfModel = { readonly model: string }

/** A page about one model, for those who may read some of its records. */
export function modelPage<P extends OfModel = OfModel>(
  respond: (reader: Reader, request: Request<P>, model: ModelMeta) => Reply | Promise<Reply>,
): (request: Request<P>, services: Services) => Promise<Reply> {
  return async (request, services) => {
    const model = services.app.models.byPath(request.params.model)
    if (!model?.exposed) throw new NotFound('http.nothing_here', 'There is nothing at this address.')
    const reader = readerOf(services)
    refuseReading(reader, model)
    return respond(reader, request, model)
  }
}
