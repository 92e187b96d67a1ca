import type { ModelMeta, Records, Services } from '@tessera/core'
import { initialsOf, toneOf } from '@tessera/web'
import { Notice } from './notice.model.ts'

declare module '@tessera/core' {
  interface Services {
    readonly notices: NoticeService
  }
}

/** One line of the bell. */
export interface ShownNotice {
  readonly id: string
  readonly isRead: boolean
  readonly at: Date
  /** What the record is called. */
  readonly record: string
  readonly event: string
  readonly who: { readonly name: string; readonly initials: string; readonly tone: string } | undefined
}

/** What the bell tells the caller. */
export class NoticeService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** They are the caller's alone: whoever looks as him has none. */
  mayRead(): boolean {
    const { app, context } = this.#services
    return context.caller.ability.possible('read', app.models.of(Notice))
  }

  async unread(): Promise<number> {
    if (!this.mayRead()) return 0
    return this.#services.records.count(Notice, { where: { user: this.#me, readAt: null } })
  }

  /** The latest, with what they are about; what he may no longer read is left out. */
  async latest(limit: number): Promise<readonly ShownNotice[]> {
    const { records } = this.#services
    if (!this.mayRead()) return []
    const { rows } = await records.query(Notice, {
      fields: ['event', 'model', 'record', 'actor', 'readAt', 'createdAt'],
      where: { user: this.#me },
      order: { createdAt: 'desc' },
      limit,
    })
    const names = await this.#names(rows)
    return rows.flatMap(({ id, event, record, actor, readAt, createdAt }) => {
      const name = names.get(record)
      if (name === undefined) return []
      const who = actor ? { name: actor.label, initials: initialsOf(actor.label), tone: toneOf(actor.label) } : undefined
      return [{ id, isRead: readAt !== null, at: createdAt, record: name, event, who }]
    })
  }

  /** Marks one as read and says where it leads. */
  async open(id: string): Promise<string> {
    const { app, context, records } = this.#services
    const { model, record, readAt } = await records.get(Notice, id, ['model', 'record', 'readAt'])
    if (readAt === null) await records.update(Notice, id, { readAt: context.now })
    const meta = app.models.byName(model)
    return meta?.exposed ? `/${meta.path}/${record}` : '/notifications'
  }

  async readAll(): Promise<void> {
    const { context, records } = this.#services
    await records.transaction(async () => {
      for (;;) {
        const { rows } = await records.query(Notice, { fields: ['id'], where: { user: this.#me, readAt: null }, limit: 200 })
        for (const { id } of rows) await records.update(Notice, id, { readAt: context.now })
        if (rows.length < 200) return
      }
    })
  }

  /** Those that are older than anybody looks for. */
  async forgetOld(): Promise<void> {
    const { asSystem, context } = this.#services
    const records = asSystem('What the bell told months ago is removed.')
    const old = { createdAt: { $lt: new Date(context.now.getTime() - keptMs) } }
    for (;;) {
      const { rows } = await records.query(Notice, { fields: ['id'], where: old, limit: 200 })
      for (const { id } of rows) await records.remove(Notice, id)
      if (rows.length < 200) return
    }
  }

  async #names(rows: readonly { readonly model: string; readonly record: string }[]): Promise<ReadonlyMap<string, string>> {
    const { app, records } = this.#services
    const names = new Map<string, string>()
    for (const [name, its] of Map.groupBy(rows, ({ model }) => model)) {
      const model = app.models.byName(name)
      if (!model) continue
      for (const row of await labelsOf(records, model, [...new Set(its.map(({ record }) => record))])) names.set(row.id, row.label)
    }
    return names
  }

  get #me(): string {
    return this.#services.context.caller.id ?? ''
  }
}

const keptMs = 90 * 86_400_000

async function labelsOf(records: Records, model: ModelMeta, ids: readonly string[]) {
  const { rows } = await records.query(model.handle, { fields: [], where: { id: { $in: ids } }, limit: 200, label: true } as never)
  return rows as unknown as readonly { readonly id: string; readonly label: string }[]
}
