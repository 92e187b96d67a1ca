import { on } from '@tessera/core'
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

export const listeners = [followsWhatIsSaid]
