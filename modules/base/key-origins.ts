import type { Records, Where } from '@tessera/core'
import { ApiKey } from './api-key.model.ts'

/** The origins that keys of active users name, each with the instant (in milliseconds) until which one of these keys works. */
export async function originsOfKeys(records: Records): Promise<ReadonlyMap<string, number>> {
  const until = new Map<string, number>()
  const where: Where<ApiKey> = { user: { active: true } }
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await records.query(ApiKey, { fields: ['origins', 'expiresAt'], where, limit: 200, ...(cursor && { cursor }) })
    for (const { origins, expiresAt } of page.rows) {
      const end = expiresAt?.getTime() ?? Number.POSITIVE_INFINITY
      for (const origin of origins) until.set(origin, Math.max(end, until.get(origin) ?? 0))
    }
    cursor = page.next
  }
  return until
}
