/** API keys by the API: the generated route cannot make them, since a key is shown once and never kept. */
import { BadRequest, route, scopePattern } from '@tessera/core'
import { z } from 'zod'

const body = z.strictObject({
  name: z.string().min(1).max(100),
  scopes: z.array(z.string().regex(scopePattern)).max(100).nullable().optional(),
  perMinute: z.int().min(1).max(1_000_000).optional(),
  expiresAt: z.iso.datetime().nullable().optional(),
  origins: z.array(z.string()).max(20).optional(),
})

export const peopleRoutes = [
  route('POST /keys', {
    may: 'signed-in',
    summary: 'Makes an API key of one’s own. The key is in the answer and never shown again.',
    body,
    returns: z.object({ id: z.uuid(), key: z.string() }),
    run: ({ body: { name, expiresAt, ...limits } }, { keys, context }) => {
      const until = expiresAt ? new Date(expiresAt) : null
      if (until && until <= context.now) throw new BadRequest('access.key_day', 'The last day of a key is one in the future.')
      return keys.create(String(context.caller.id), name, { ...limits, expiresAt: until })
    },
  }),
]
