/** Those whose activity it is: who was given something to do about a ticket, or is reminded of it. */
import { User } from '@tessera/base'
import type { Records, Services } from '@tessera/core'
import { Activity } from '@tessera/thread'
import { eventsFor } from './event.ts'
import type { Happening } from './notification.service.ts'
import { memberFields, type Receiver, staff } from './receivers.ts'

/** Of what is still his and to be done, where he may read it; nobody is told of what he gave himself. */
export async function doersOf(
  records: Records,
  happenings: readonly Happening[],
  mayRead: (user: string, activity: string) => Promise<boolean>,
): Promise<readonly Receiver[]> {
  const told = happenings.flatMap(({ event, activity, actor }) => (activity && actor?.id !== activity.user ? [{ event, ...activity }] : []))
  if (told.length === 0) return []
  const { rows: open } = await records.query(Activity, {
    fields: ['user'],
    where: { id: { $in: told.map(({ id }) => id) }, doneAt: null },
    limit: 200,
  })
  const his = told.filter(({ id, user }) => open.some((each) => each.id === id && each.user.id === user))
  const { rows: users } = await records.query(User, {
    fields: memberFields,
    where: { active: true, id: { $in: his.map(({ user }) => user) } },
    limit: 200,
  })
  const doers: Receiver[] = []
  for (const user of users) {
    const events = new Set<string>()
    for (const each of his) if (each.user === user.id && (await mayRead(user.id, each.id))) events.add(each.event)
    const { receiver } = staff(
      'doer',
      user,
      eventsFor.doer.filter((event) => events.has(event)),
    )
    if (receiver.events.length + receiver.bell.length > 0) doers.push(receiver)
  }
  return doers
}

/** What is to be done and by when, in the reader's words; empty where he may not read it, or it is somebody else's in the end. */
export async function activityLine(reader: Services, user: string, id: string): Promise<string> {
  const seen = await reader.seenBy(user, Activity, id, ['type.name', 'summary', 'due', 'user'])
  if (!seen?.summary || (seen.user && seen.user.id !== user)) return ''
  const day = new Intl.DateTimeFormat(reader.context.locale, { dateStyle: 'long', timeZone: 'UTC' })
  const due = seen.due ? day.format(new Date(`${seen.due}T00:00:00Z`)) : ''
  return reader.text('notifications.activity', { type: seen.type?.name ?? '', summary: seen.summary, due })
}
