import { job } from '@tessera/core'
import { z } from 'zod'

/** Sent with every message; the first takes what is due on the channel, the others find nothing left. */
export const deliver = job('outbox.deliver', {
  outside: true,
  input: z.object({ channel: z.string() }),
  run: ({ channel }, { bySystem }) => bySystem('Messages are delivered whoever caused them.').outbox.deliverDue(channel),
})

/** What waits for its next attempt, and what a process was about to send when it was killed. */
export const deliverDue = job('outbox.due', { every: '* * * * *', run: (_, { outbox }) => outbox.wake() })
