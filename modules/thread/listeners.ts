import { type Model, on, recordTopic, type Services } from '@tessera/core'
import { Activity } from './activity.model.ts'
import { Follower } from './follower.model.ts'
import { Message } from './message.model.ts'
import { placeOf } from './place.ts'

/** Whoever says something about a record, or is named in it, hears of the record from then on. */
const followsWhatIsSaid = on(Message, 'create', async (message, { app, context, followers }) => {
  const place = placeOf(app, Message, message)
  // What is brought over from elsewhere was said long ago.
  if (!place || context.door === 'import') return
  const speaker = message.sender === 'staff' && message.author ? [message.author.id] : []
  for (const user of new Set([...speaker, ...(message.mentions ?? []).map((mention) => mention.user)]))
    await followers.add(place.model, place.id, user)
})

/** Whoever looks at a record sees what is said and planned about it as it happens. */
const looked = [
  on(Message, 'create', (message, services) => tellLookers(Message, message, services)),
  on(Activity, 'create', (activity, services) => tellLookers(Activity, activity, services)),
  on(Activity, 'update', (activity, services) => tellLookers(Activity, activity, services)),
  on(Follower, 'create', (follower, services) => tellLookers(Follower, follower, services)),
  on(Follower, 'delete', (follower, services) => tellLookers(Follower, follower, services)),
]

export const listeners = [followsWhatIsSaid, ...looked]

async function tellLookers<T extends object>(thing: Model<T>, record: T, { app, live }: Services): Promise<void> {
  const place = placeOf(app, thing, record)
  if (place) await live.tell(recordTopic(place.model.name, place.id), {})
}
