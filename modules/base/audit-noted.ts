/** The numbers of all entries that were ever noted: whichever is missing was removed, also before the chain reached it. */
import type { FieldError, Records } from '@tessera/core'
import { AuditEntry } from './audit-entry.model.ts'

/** How many were noted altogether. */
export async function notedIn(records: Records): Promise<number> {
  const { rows } = await records.query(AuditEntry, { fields: ['noted'], order: { id: 'desc' }, limit: 1 })
  return rows[0]?.noted ?? 0
}

/** Tells the numbers of entries that are not sealed yet; returns how many they are. */
export async function noteWaiting(records: Records, noted: Noted): Promise<number> {
  let waiting = 0
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await records.query(AuditEntry, {
      fields: ['number'],
      where: { $not: { seals: {} } },
      order: { id: 'asc' },
      limit: 200,
      ...(cursor && { cursor }),
    })
    for (const { number } of page.rows) noted.add(number)
    waiting += page.rows.length
    cursor = page.next
  }
  return waiting
}

export class Noted {
  readonly #seen: Uint8Array
  constructor(count: number) {
    this.#seen = new Uint8Array(count + 1)
  }

  /** Whatever is no number of its own, such as that of an older version, says nothing. */
  add(number: string | null | undefined): void {
    const at = Number(number ?? 0)
    if (at > 0 && at < this.#seen.length) this.#seen[at] = 1
  }

  faults(): readonly FieldError[] {
    const gaps: string[] = []
    let count = 0
    for (let from = 1; from < this.#seen.length; from++) {
      if (this.#seen[from]) continue
      let to = from
      while (to + 1 < this.#seen.length && !this.#seen[to + 1]) to++
      count += to - from + 1
      if (gaps.length < mostNamed) gaps.push(from === to ? String(from) : `${from}–${to}`)
      else if (gaps.length === mostNamed) gaps.push('…')
      from = to
    }
    if (count === 0) return []
    const text = 'Entries that were noted are not there any more, sealed or not ({count}; by their numbers: {numbers}).'
    return [{ field: '', code: 'base.audit_missing', text, values: { count, numbers: gaps.join(', ') } }]
  }
}

const mostNamed = 20
