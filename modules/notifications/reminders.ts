/** In the morning everybody is reminded of what he means to do that day. */
import { instantOf, job, localTime, type Seen, type Services } from '@tessera/core'
import { Activity } from '@tessera/thread'
import { Reminder } from './reminder.model.ts'

/** As often as zones differ in their quarters of an hour: eight o'clock is somewhere at each of them. */
export const remindsOfActivities = job('notifications.remind', { every: '*/15 * * * *', run: (_, services) => remind(services) })

const shown = ['due', 'user', 'user.zone', 'ticket', 'updatedAt'] as const
type Due = Seen<Activity, (typeof shown)[number]>

async function remind(services: Services): Promise<void> {
  const system = services.asSystem('Everybody is reminded of what he means to do, whoever planned it.')
  const dueNow = (await nearToday(services)).filter((each) => isMorningOf(each, services.context.now))
  for (const [ticket, its] of Map.groupBy(dueNow, (each) => each.ticket?.id ?? '')) {
    for (const { id, due } of its) await system.create(Reminder, { activity: id, due })
    await services.notifications.tell(
      ticket,
      its.map(({ id, user }) => ({ ticket, event: 'due', actor: null, activity: { id, user: user.id } })),
    )
  }
}

/** Open ones that are due on a day that it is somewhere, and of which nobody was reminded. */
async function nearToday({ asSystem, context }: Services): Promise<readonly Due[]> {
  const system = asSystem('Everybody is reminded of what he means to do, whoever planned it.')
  const [from, to] = [-aDay, aDay].map((distance) => localTime(new Date(context.now.getTime() + distance), 'UTC').slice(0, 10))
  const found: Due[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { rows, next } = await system.query(Activity, {
      fields: shown,
      where: { doneAt: null, due: { $gte: from!, $lte: to! }, user: { active: true }, $not: { ticket: null } },
      order: { id: 'asc' },
      limit: 200,
      ...(cursor && { cursor }),
    })
    // Of each its own day alone: one whose day was moved often was reminded of others, too.
    const days = [...Map.groupBy(rows, ({ due }) => due)].map(([due, its]) => ({ due, activity: { $in: its.map(({ id }) => id) } }))
    const { rows: told } = await system.query(Reminder, { fields: ['activity'], where: { $or: days }, limit: 200 })
    const known = new Set(told.map(({ activity }) => activity.id))
    found.push(...rows.filter(({ id }) => !known.has(id)))
    cursor = next
  }
  return found
}

/** Whether it is eight o'clock or later there on its day; whoever wrote it later that day knows of it. */
function isMorningOf({ due, user, updatedAt }: Due, now: Date): boolean {
  const zone = user.zone || 'UTC'
  const morning = instantOf(`${due}T08:00:00`, zone)
  return localTime(now, zone).startsWith(due) && now >= morning && updatedAt < morning
}
const aDay = 86_400_000
