/** Who looks at a record besides the reader, and who is writing: kept in memory by whoever shows it, and told anew while it lasts. */
import type { News } from '@tessera/core'

/** Somebody at a record. */
export interface Present {
  readonly user: string
  readonly name: string
  readonly replying: boolean
}

export interface Presence {
  /** Takes in what was told; true where somebody is to be shown otherwise than before, `isNew` where he does not know of us yet. */
  heard(news: News, now: number): { readonly changed: boolean; readonly isNew: boolean }
  /** Those of whom something was heard lately. */
  others(now: number): readonly Present[]
}

/** How often those who look say so, and how long they are believed without. */
export const presentMs = { again: 25_000, believed: 60_000, replying: 12_000 }

/** Of one record, without `self`. */
export function presenceOf(self: string): Presence {
  const known = new Map<string, { name: string; seen: number; replyingUntil: number }>()
  return {
    heard({ is, user, name }, now) {
      if (typeof user !== 'string' || user === self) return { changed: false, isNew: false }
      if (is === 'gone') return { changed: known.delete(user), isNew: false }
      if (is !== 'here' && is !== 'replying') return { changed: false, isNew: false }
      const before = known.get(user)
      const wasReplying = (before?.replyingUntil ?? 0) > now
      const replyingUntil = is === 'replying' ? now + presentMs.replying : (before?.replyingUntil ?? 0)
      known.set(user, { name: String(name ?? ''), seen: now, replyingUntil })
      const isNew = before === undefined || before.seen + presentMs.believed < now
      return { changed: isNew || wasReplying !== replyingUntil > now, isNew }
    },
    others(now) {
      for (const [user, { seen }] of known) if (seen + presentMs.believed < now) known.delete(user)
      return [...known].map(([user, { name, replyingUntil }]) => ({ user, name, replying: replyingUntil > now }))
    },
  }
}
