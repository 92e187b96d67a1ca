import type { ModelMeta, Seen, Services, Where } from '@tessera/core'
import { Activity } from './activity.model.ts'
import { Message } from './message.model.ts'
import { placeOf, tieTo } from './place.ts'

declare module '@tessera/core' {
  interface Services {
    readonly activities: ActivitiesService
  }
}

const shown = ['type.code', 'type.name', 'summary', 'due', 'user'] as const
/** An activity as the screens show it. */
export type ShownActivity = Seen<Activity, (typeof shown)[number]>

/** What people mean to do about records. Reads and writes with the caller's rights. */
export class ActivitiesService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** What is still to be done about some records, the most pressing first. */
  async open(model: ModelMeta, ids: readonly string[]): Promise<readonly ShownActivity[]> {
    const field = tieTo(this.#services.app, Activity, model)
    if (field === undefined) return []
    return this.find({ [field]: { $in: ids } } as Where<Activity>, 50)
  }

  /** Open ones that fit, the most pressing first. `more` are fields of the models they are about. */
  async find(where: Where<Activity>, limit: number, more: readonly string[] = []): Promise<readonly ShownActivity[]> {
    const { rows } = await this.#services.records.query(Activity, {
      fields: [...shown, ...(more as never[])],
      where: { $and: [where, { doneAt: null }] } as Where<Activity>,
      order: { due: 'asc' },
      limit,
    })
    return rows
  }

  /** What came of it becomes a note in the conversation of what it was about. */
  async complete(activity: Activity, feedback?: string): Promise<void> {
    const { app, asSystem, context, records } = this.#services
    await records.update(Activity, activity.id, { doneAt: context.now, feedback: feedback || null })
    const place = placeOf(app, Activity, activity)
    const tie = place && tieTo(app, Message, place.model)
    if (!place || tie === undefined) return
    const body = feedback ? `${activity.summary}\n${feedback}` : activity.summary
    const said = { kind: 'note', sender: 'staff', body, author: context.caller.id, activity: activity.id, [tie]: place.id }
    await asSystem('What came of an activity is said by whoever may complete it.').create(Message, said as never)
  }
}
