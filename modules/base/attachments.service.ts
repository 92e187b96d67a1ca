import {
  Conflict,
  Forbidden,
  type Model,
  type ModelMeta,
  NotFound,
  type Records,
  type Services,
  TooMany,
  type UploadedFile,
  UserError,
  type Where,
} from '@tessera/core'
import { Attachment } from './attachment.model.ts'
import { attachmentSettings } from './attachment.settings.ts'
import { type Brought, type BroughtFile, bring } from './files/bring.ts'
import { fileName } from './files/file-name.ts'
import { type FileStorage, type Part, storageOf } from './files/storage.ts'
import { takeFile } from './files/take.ts'

declare module '@tessera/core' {
  interface Services {
    readonly attachments: AttachmentService
  }
}

/** A record by the name of its model. */
export interface Attached {
  readonly model: string
  readonly record: string
}
/** A file as whoever may read it sees it. */
export type KeptFile = Pick<Attachment, 'id' | 'name' | 'type' | 'size' | 'draft' | 'createdAt'> & {
  readonly createdBy: { readonly id: string; readonly label: string } | null
}
export interface OpenedFile {
  readonly file: KeptFile & Pick<Attachment, 'hash'>
  content(part?: Part): ReturnType<FileStorage['open']>
}
const shown = ['name', 'type', 'size', 'draft', 'createdAt', 'createdBy'] as const

/** Files that belong to records. */
export class AttachmentService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** Whether records of a model take files, and the caller may bring some. */
  takes(model: ModelMeta): boolean {
    const { caller } = this.#services.context
    return (
      this.relationTo(model) !== undefined && caller.ability.possible('create', this.#model) && caller.ability.possible('update', model)
    )
  }

  /** By which relation files belong to records of a model; undefined where it takes none. */
  relationTo(model: ModelMeta): string | undefined {
    return this.#model.within.find((name) => {
      const field = this.#model.fields.get(name)
      return field?.kind === 'one' && field.target === model
    })
  }

  /**
   * Takes in what a form brings: for a record that the caller may change, else as drafts of his. All or none of it. Refuses who may not
   * before anything is read, then what is too much or too large (413) or of a kind that is not taken (415).
   */
  async take(files: AsyncIterable<UploadedFile>, to?: Attached): Promise<readonly KeptFile[]> {
    const taken = await this.takeAny(files, to)
    if (taken.length === 0) throw new UserError('base.no_file', 'No file came with this. Choose at least one.')
    return taken
  }

  /** The same, where no file need come. */
  async takeAny(files: AsyncIterable<UploadedFile>, to?: Attached): Promise<readonly KeptFile[]> {
    const { settings, context, records } = this.#services
    if (!context.caller.ability.possible('create', this.#model))
      throw new Forbidden('base.may_not_attach', 'Your role does not allow you to send files. Ask an administrator for one that does.')
    const of = to && (await this.#writable(to))
    await this.#refuseFlood()
    const limits = await settings.get(attachmentSettings)
    const taken: Awaited<ReturnType<typeof takeFile>>[] = []
    for await (const file of files) {
      if (taken.length === limits.most)
        throw new TooMuch('base.too_many_files', 'At most {most} files are taken at once. Send the others afterwards.', limits)
      taken.push(await takeFile(this.#storage, { ...file, name: fileName(file.name) }, limits))
    }
    if (taken.length === 0) return []
    const drafts = taken.map((each) => ({ ...each, draft: of === undefined, ...(of && { [of.relation]: of.id }) }))
    const ids = await records.transaction(() => this.#system.createMany(Attachment, drafts))
    // What nobody refers to is swept away; these may have been swept just before somebody did.
    for (const { hash } of taken) {
      if (await this.#storage.has(hash)) continue
      await records.transaction(async () => {
        for (const id of ids) await this.#system.remove(Attachment, id)
      })
      throw lost()
    }
    return this.#named(ids)
  }

  /** Drafts of the caller become files of a record that he has just written something to, in the same transaction. */
  async settle(ids: readonly string[], model: Model, record: string): Promise<void> {
    if (ids.length === 0) return
    const relation = this.#demandRelation(this.#services.app.models.of(model))
    const mine: Where<Attachment> = { id: { $in: [...new Set(ids)] }, draft: true, createdBy: this.#services.context.caller.id ?? '' }
    const { rows } = await this.#system.query(Attachment, { fields: [], where: mine, limit: 200 })
    if (rows.length !== new Set(ids).size)
      throw new UserError('base.draft_gone', 'One of the files is no longer here. Take it out and attach it again.')
    for (const { id } of rows) await this.#system.update(Attachment, id, { draft: false, [relation]: record })
  }

  /**
   * Takes what a channel brings, each file or why not. Contents are kept and belong to nothing until `keep`; so nothing holds a
   * transaction while they come.
   */
  async bring(files: AsyncIterable<BroughtFile> | Iterable<BroughtFile>): Promise<Brought> {
    return bring(this.#storage, files, await this.#services.settings.get(attachmentSettings))
  }

  /** They become files of a record, in the transaction that writes it. */
  async keep({ taken }: Brought, model: Model, record: string): Promise<void> {
    if (taken.length === 0) return
    const relation = this.#demandRelation(this.#services.app.models.of(model))
    for (const { hash } of taken) if (!(await this.#storage.has(hash))) throw lost()
    await this.#system.createMany(
      Attachment,
      taken.map((each) => ({ ...each, draft: false, [relation]: record })),
    )
  }

  /** The files of some records that the caller may read, by the record. */
  async of(model: Model, records: readonly string[]): Promise<ReadonlyMap<string, readonly KeptFile[]>> {
    const relation = this.relationTo(this.#services.app.models.of(model))
    const found = new Map<string, KeptFile[]>()
    if (relation === undefined || records.length === 0 || !this.#services.context.caller.ability.possible('read', this.#model)) return found
    const where = { [relation]: { $in: records } } as Where<Attachment>
    const { rows } = await this.#services.records.query(Attachment, { fields: [...shown, relation as 'id'], where, limit: 200 })
    for (const row of rows) {
      const { id } = (row as unknown as Readonly<Record<string, { id: string }>>)[relation]!
      found.set(id, [...(found.get(id) ?? []), kept(row)])
    }
    return found
  }

  /** The same of one record, which may be named by the path of its model too; NotFound where the caller may not read it. */
  async list({ model, record }: Attached): Promise<readonly KeptFile[]> {
    const meta = this.#demandModel(model)
    await this.#services.records.get(meta.handle, record, ['id'])
    return (await this.of(meta.handle, [record])).get(record) ?? []
  }

  /** Those of some files that are drafts of the caller still. */
  async drafts(ids: readonly string[]): Promise<readonly KeptFile[]> {
    const { context, records } = this.#services
    const known = ids.filter(isId)
    if (known.length === 0 || !context.caller.ability.possible('read', this.#model)) return []
    const where: Where<Attachment> = { id: { $in: known.slice(0, 200) }, draft: true, createdBy: context.caller.id ?? '' }
    return (await records.query(Attachment, { fields: shown, where, limit: 200 })).rows.map(kept)
  }

  /** Those of some files that the rules let the caller take away. */
  async removable(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0 || !this.#services.context.caller.ability.possible('delete', this.#model)) return new Set()
    const where = { id: { $in: [...ids] } }
    const { rows } = await this.#services.records.query(Attachment, { fields: ['id'], where, may: 'delete', limit: 200 })
    return new Set(rows.map(({ id }) => id))
  }

  /** What is told of a file, and its content; NotFound where there is none that the caller may read. */
  async open(id: string): Promise<OpenedFile> {
    const { records, context } = this.#services
    const gone = new NotFound('base.no_such_file', 'There is no file at this address, or you may not see it.')
    if (!context.caller.ability.possible('read', this.#model)) throw gone
    const { rows } = isId(id) ? await records.query(Attachment, { fields: [...shown, 'hash'], where: { id }, limit: 1 }) : { rows: [] }
    const [file] = rows
    if (!file) throw gone
    if (!(await this.#storage.has(file.hash)))
      throw new NotFound('base.content_gone', 'The content of "{name}" is not there any more. Ask whoever runs this desk.', file)
    return { file: { ...kept(file), hash: file.hash }, content: (part) => this.#storage.open(file.hash, part) }
  }

  /** Takes a file away for good, from a record that the caller may change. */
  async remove(id: string): Promise<void> {
    const { records, app } = this.#services
    const file = await records.get(Attachment, id)
    for (const name of this.#model.within) {
      const field = this.#model.fields.get(name)
      const record = (file as unknown as Readonly<Record<string, { id: string } | null | undefined>>)[name]
      // What was said is never changed: whoever may take its files away is told by rules alone.
      if (field?.kind === 'one' && record && !field.target.appendOnly)
        await this.#writable({ model: app.models.of(field.target.handle).name, record: record.id })
    }
    await records.remove(Attachment, id)
  }

  /** Of the daily job: drafts that nobody saved, then contents that no file has. Returns how many of each went. */
  async sweep(): Promise<{ readonly drafts: number; readonly contents: number }> {
    const before = new Date(this.#services.context.now.getTime() - aDay)
    const gone = { drafts: 0, contents: 0 }
    for (;;) {
      const where: Where<Attachment> = { draft: true, createdAt: { $lt: before } }
      const { rows } = await this.#system.query(Attachment, { fields: [], where, limit: 200 })
      for (const { id } of rows) await this.#system.remove(Attachment, id)
      gone.drafts += rows.length
      if (rows.length === 0) break
    }
    for await (const { hash, at } of this.#storage.all()) {
      if (at >= before || (await this.#system.count(Attachment, { where: { hash } })) > 0) continue
      await this.#storage.forget(hash)
      gone.contents++
    }
    return gone
  }

  /** The record, where the caller may change it. */
  async #writable({ model, record }: Attached): Promise<{ readonly relation: string; readonly id: string }> {
    const meta = this.#demandModel(model)
    const relation = this.#demandRelation(meta)
    const { id } = await this.#services.records.get(meta.handle, record, ['id'])
    const { rows } = await this.#services.records.query(meta.handle, { fields: ['id'], where: { id }, may: 'update', limit: 1 })
    if (rows[0]) return { relation, id }
    throw new Forbidden('base.may_not_attach_here', 'You may read this {model}, but not change its files.', {
      model: meta.label.toLowerCase(),
    })
  }

  #demandModel(name: string): ModelMeta {
    const { models } = this.#services.app
    const meta = models.byName(name) ?? models.byPath(name)
    if (meta) return meta
    throw new NotFound('base.no_such_model', 'There is nothing called "{name}" that could have files.', { name })
  }

  #demandRelation(meta: ModelMeta): string {
    const relation = this.relationTo(meta)
    if (relation !== undefined) return relation
    throw new UserError('base.no_attachments', 'Files cannot be attached to {model}.', { model: meta.plural.toLowerCase() })
  }

  /** Before anything is read: the count must not wait for it. */
  async #refuseFlood(): Promise<void> {
    const { caller } = this.#services.context
    if (caller.id === null) return
    const { count, seconds } = await this.#services.limits.count(`attachments ${caller.id}`, 3_600)
    if (count > mostAnHour)
      throw new TooMany('base.files_flood', 'You have sent very many files; send the next in {seconds} seconds.', seconds, { seconds })
  }

  async #named(ids: readonly string[]): Promise<readonly KeptFile[]> {
    const { rows } = await this.#system.query(Attachment, { fields: shown, where: { id: { $in: [...ids] } }, limit: 200 })
    return rows.map(kept)
  }

  get #model(): ModelMeta {
    return this.#services.app.models.of(Attachment)
  }
  get #storage(): FileStorage {
    return storageOf(this.#services.config)
  }
  get #system(): Records {
    return this.#services.asSystem('What is sent becomes a file of a record once the service has checked that its sender may change that.')
  }
}

const lost = () => new Conflict('base.file_swept', 'The file got lost on its way. Send it again.')

class TooMuch extends UserError {
  override readonly status: number = 413
}

const aDay = 86_400_000
const mostAnHour = 600

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}

function kept({ id, name, type, size, draft, createdAt, createdBy }: KeptFile): KeptFile {
  return { id, name, type, size, draft, createdAt, createdBy }
}
