import { defineModel, type Fields, list, type Model, me, now, p, scopePattern, search } from '@tessera/core'
import { z } from 'zod'
import { guardApiKey } from './rights.ts'
import { User } from './user.model.ts'

const fields = {
  name: p.string(),
  user: () => p.manyToOne(User),
  tokenHash: p.string(),
  prefix: p.string(),
  origins: p.json().$type<readonly string[]>().default([]),
  scopes: p.json().$type<readonly string[]>().nullable(),
  perMinute: p.integer().default(600),
  expiresAt: p.datetime().nullable(),
  lastUsedAt: p.datetime().nullable(),
}

/** What a program signs in with, for the rights of one user. The key itself is shown once and never kept. */
export interface ApiKey extends Fields<typeof fields> {}
export const ApiKey: Model<ApiKey> = defineModel('apiKey', fields, {
  label: 'API key',
  plural: 'API keys',
  title: 'name',
  icon: 'key',
  order: { createdAt: 'desc' },
  // It is written once a minute by every client.
  announced: { but: ['lastUsedAt'] },
  confirmed: true,
  personal: true,
  guard: guardApiKey,
  fields: {
    tokenHash: { only: [] },
    prefix: { readonly: true, help: 'How the key begins, to recognise it.' },
    origins: {
      valid: z.array(z.string().refine(isOrigin, 'a web address without a path, such as https://www.example.org')).max(20),
      help: 'Web sites whose pages may use this key, such as https://www.example.org. Whoever opens such a page can read the key.',
    },
    scopes: {
      valid: z.array(z.string().regex(scopePattern, 'a scope such as ticket:read, ticket:*, *:read or right:<name>')).max(100),
      help: 'What the key may be used for, inside the rights of its owner: ticket:read, ticket:*, *:read. Empty means all of them.',
    },
    perMinute: { label: 'Requests a minute', valid: z.int().min(1).max(1_000_000) },
    lastUsedAt: { label: 'Last used', readonly: true },
  },
  unique: { token: { of: ['tokenHash'], else: 'This API key exists already.' } },
})

export const apiKeyViews = [
  list(ApiKey, ['name', { field: 'user', as: 'person' }, 'prefix', 'scopes', 'perMinute', 'lastUsedAt', 'expiresAt'], {
    tones: { muted: { expiresAt: { $lt: now } } },
  }),
  search(ApiKey, { texts: ['name', 'user.name'], filters: { mine: { user: me.id }, expired: { expiresAt: { $lt: now } } } }),
]

/** As a browser sends it: scheme, host and port, and nothing else. */
function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text
}
