import { Attachment, type KeptFile } from '@tessera/base'
import { type Action, inputsOf, type ModelMeta, type Request, type Services } from '@tessera/core'
import type { FileItem, Files } from '../screens.ts'
import { typedIn } from './body.ts'
import type { Typed } from './control.ts'
import { type Reader, readerOf } from './reader.ts'
import { type Place, withPlace } from './record-pager.ts'
import type { Row } from './rows.ts'

/** The files of a record, where its model has a field for them that the reader may read. */
export async function filesOf(reader: Reader, model: ModelMeta, row: Row, place: Place, canWrite: boolean): Promise<Files | undefined> {
  if (!showsFiles(reader, model)) return undefined
  const { attachments } = reader.services
  const files = (await attachments.of(model.handle, [row.id])).get(row.id) ?? []
  const canAdd = canWrite && attachments.takes(model)
  const removable = canAdd ? await attachments.removable(files.map(({ id }) => id)) : new Set()
  const here = `/${model.path}/${row.id}/files`
  return {
    label: reader.t('web.attachments'),
    items: files.map((file) => ({
      ...fileItem(reader, file),
      ...(removable.has(file.id) && { remove: withPlace(`${here}/${file.id}/delete`, place) }),
    })),
    ...(canAdd && { add: { action: withPlace(here, place), model: model.name, record: row.id } }),
  }
}

/** A file as every screen shows it. */
export function fileItem({ formats }: Pick<Reader, 'formats'>, { id, name, type, size, createdAt, createdBy }: KeptFile): FileItem {
  return {
    id,
    name,
    href: `/attachments/${id}`,
    size: formats.size(size),
    about: [createdBy?.label, formats.exact(createdAt)].filter(Boolean).join(', '),
    isPicture: /^image\//.test(type) && size < largestPicture,
  }
}

/** The same for a page of a module. */
export function shownFile(services: Services, file: KeptFile): FileItem {
  return fileItem(readerOf(services), file)
}

/** What was typed for an action, and the files that came with it as the drafts that it takes. */
export async function typedWithFiles(reader: Reader, request: Request, action: Action): Promise<Typed> {
  const drafts = draftsInput(action)
  if (drafts === undefined) return typedIn(request)
  const sent = await reader.services.attachments.takeAny(request.files)
  const typed = new Map(typedIn(request))
  const ids = [...(typed.get(drafts) ?? []), ...sent.map(({ id }) => id)].filter((id) => id !== '')
  if (ids.length > 0) typed.set(drafts, ids)
  return typed
}

/** The input of an action that takes files along. */
export function draftsInput(action: Action): string | undefined {
  return inputsOf(action).find(({ kind }) => kind === 'drafts')?.name
}

function showsFiles({ ability, app }: Reader, model: ModelMeta): boolean {
  const attachment = app.models.of(Attachment)
  const field = [...model.fields.values()].find((each) => each.kind === 'many' && each.target === attachment)
  return field !== undefined && ability.possible('read', attachment) && ability.field('read', field) !== false
}

/** Larger ones take longer to load than the page. */
const largestPicture = 3_000_000
