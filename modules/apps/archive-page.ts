/** What an operation took out before it dropped it, as a file: for whoever showed lately that it is he, since it holds what nobody may see any more. */
import { demandConfirmed, html, NotFound, type Reply, type Request, type Services } from '@tessera/core'

export async function archivePage(request: Request<{ id: string }>, { modules, context }: Services): Promise<Reply> {
  demandConfirmed(context)
  const found = await modules.progress(request.params.id)
  const archive = found && (await modules.archive(found))
  if (!archive)
    throw new NotFound('apps.no_archive', 'This operation has no archive, or it is no longer in the data folder of this server.')
  const headers = {
    'content-type': 'application/zip',
    'content-disposition': `attachment; filename="${archive.name.replaceAll(/[^\w.-]+/g, '-')}"`,
    'content-length': String(archive.bytes),
    'cache-control': 'no-store, no-transform',
  }
  return { ...html('', { headers }), pieces: archive.pieces() }
}
