import type { FieldError, Records } from '@tessera/core'
import { type Head, macOf, personalHashOf } from './audit-chain.ts'
import { AuditEntry } from './audit-entry.model.ts'
import { Noted, notedIn, noteWaiting } from './audit-noted.ts'
import { AuditPersonal } from './audit-personal.model.ts'
import { AuditSeal } from './audit-seal.model.ts'
import { sealableOf, sealedFields } from './audit-sealed.ts'

/** What became of the audit log. */
export interface Verified {
  /** Each a sentence; none when nobody touched it. */
  readonly faults: readonly FieldError[]
  readonly sealed: number
  /** Entries that are not in the chain yet: nothing can be said about them. */
  readonly waiting: number
  /** Entries whose personal details were erased. */
  readonly erased: number
  readonly head: Head | undefined
}

/** Goes along the whole chain. `published` are heads that are known from elsewhere: what was cut off the end is found by them alone. */
export async function verifyAudit(records: Records, key: Buffer, published: readonly Head[]): Promise<Verified> {
  const walk = new Walk(key, published)
  // In this order, since the log goes on meanwhile: what is counted is there by now, and is sealed or still waits.
  const noted = new Noted(await notedIn(records))
  const waiting = await noteWaiting(records, noted)
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await records.query(AuditSeal, {
      fields: ['number', 'mac', 'entryKey', 'entry'],
      order: { number: 'asc' },
      limit: 200,
      ...(cursor && { cursor }),
    })
    const ids = page.rows.map(({ entryKey }) => entryKey)
    const entries = await records.query(AuditEntry, { fields: sealedFields, where: { id: ids }, limit: 200 })
    const parts = await records.query(AuditPersonal, { fields: ['entry', 'salt', 'details'], where: { entry: ids }, limit: 200 })
    const byId = new Map(entries.rows.map((entry) => [entry.id, entry]))
    const partOf = new Map(parts.rows.map((part) => [part.entry?.id, part]))
    for (const { number, mac, entryKey } of page.rows) {
      const entry = byId.get(entryKey)
      noted.add(entry?.number)
      walk.step(number, mac, entry && sealableOf(entry), partOf.get(entryKey))
    }
    cursor = page.next
  }
  const { faults, ...rest } = walk.end()
  return { ...rest, faults: [...faults, ...noted.faults()], waiting }
}

interface Part {
  readonly salt: string | null
  readonly details: unknown
}
type Entry = Parameters<typeof macOf>[3]

/** One place whose seal does not fit. */
interface Misfit {
  readonly number: number
  readonly previous: string
  readonly entry: Entry
  /** What is written, and what ought to be. */
  readonly mac: string
  readonly right: string
  /** Set when the place after it tells that the entry is as it was, and only its seal is not. */
  isSealAlone: boolean
}

class Walk {
  readonly #key: Buffer
  readonly #published: readonly Head[]
  readonly #faults: FieldError[] = []
  readonly #misfits: Misfit[] = []
  readonly #macs = new Map<number, string>()
  #last: Head | undefined
  #misfit: Misfit | undefined
  #sealed = 0
  #erased = 0

  constructor(key: Buffer, published: readonly Head[]) {
    this.#key = key
    this.#published = published
  }

  step(number: number, mac: string, entry: Entry | undefined, part: Part | undefined): void {
    this.#sealed++
    if (this.#published.some((head) => head.number === number)) this.#macs.set(number, mac)
    const expected = (this.#last?.number ?? 0) + 1
    const isNext = number === expected
    if (!isNext) this.#gone(expected, number - 1)
    if (!entry) this.#gone(number, number)
    else {
      // After a gap nothing tells what this seal was made on.
      const isSound = isNext && this.#fits(number, mac, entry)
      if (isNext && !isSound) this.#note(number, mac, entry)
      else this.#misfit = undefined
      this.#checkPersonal(number, entry, part)
    }
    if (!entry) this.#misfit = undefined
    this.#last = { number, mac }
  }

  end(): Omit<Verified, 'waiting'> {
    this.#explainMisfits()
    for (const { number, mac } of this.#published) {
      const last = this.#last?.number ?? 0
      if (last < number)
        this.#fault('base.audit_cut', 'The end was cut off: entries {from} to {to} are missing; {to} was published.', {
          from: last + 1,
          to: number,
        })
      else if (this.#macs.get(number) !== mac)
        this.#fault(
          'base.audit_not_published',
          'Entry {number} is not the one that was published: the end was cut off and the log went on.',
          {
            number,
          },
        )
    }
    return { faults: this.#faults, sealed: this.#sealed, erased: this.#erased, head: this.#last }
  }

  /** Made on the seal before it as it is written, or as it ought to be where only that one was changed. */
  #fits(number: number, mac: string, entry: Entry): boolean {
    const before = this.#misfit
    if (before && macOf(this.#key, before.right, number, entry) === mac) {
      before.isSealAlone = true
      return true
    }
    return macOf(this.#key, this.#last?.mac ?? '', number, entry) === mac
  }

  #note(number: number, mac: string, entry: Entry): void {
    const previous = this.#last?.mac ?? ''
    this.#misfit = { number, previous, entry, mac, right: macOf(this.#key, previous, number, entry), isSealAlone: false }
    this.#misfits.push(this.#misfit)
  }

  #explainMisfits(): void {
    for (const misfit of this.#misfits) {
      const { number, previous, entry, mac, right, isSealAlone } = misfit
      const others = this.#misfits.length > mostCompared ? [] : this.#misfits.filter((other) => other !== misfit)
      const owner = others.find((other) => macOf(this.#key, previous, number, other.entry) === mac)
      const holder = others.find((other) => other.mac === right || other.right === mac)
      if (owner)
        this.#fault('base.audit_reordered', 'Entries {number} and {other} do not stand in the order in which they were sealed.', {
          number,
          other: owner.number,
        })
      else if (holder)
        this.#fault('base.audit_seals_swapped', 'The seals of entries {number} and {other} were exchanged.', {
          number,
          other: holder.number,
        })
      else if (isSealAlone)
        this.#fault('base.audit_seal_edited', 'The seal of entry {number} ({kind}, {at}) was edited.', this.#named(number, entry))
      else this.#fault('base.audit_edited', 'Entry {number} ({kind}, {at}) was edited, or its seal was.', this.#named(number, entry))
    }
  }

  #checkPersonal(number: number, entry: Entry, part: Part | undefined): void {
    const values = this.#named(number, entry)
    if (entry.personalHash === null) {
      if (part && part.salt !== null)
        this.#fault('base.audit_personal_added', 'Personal details were added to entry {number} ({kind}, {at}).', values)
    } else if (!part)
      this.#fault(
        'base.audit_personal_removed',
        'The personal details of entry {number} ({kind}, {at}) were removed, and not erased.',
        values,
      )
    else if (part.salt === null && part.details === null) this.#erased++
    else if (personalHashOf(part.salt ?? '', part.details) !== entry.personalHash)
      this.#fault('base.audit_personal_edited', 'The personal details of entry {number} ({kind}, {at}) were edited.', values)
  }

  #named(number: number, { kind, at }: Entry): object {
    return { number, kind, at: at.toISOString() }
  }

  #gone(from: number, to: number): void {
    if (from > to) this.#fault('base.audit_twice', 'The place {from} of the chain is taken twice.', { from: to + 1 })
    else if (from === to) this.#fault('base.audit_removed', 'Entry {from} was removed.', { from })
    else this.#fault('base.audit_removed_many', 'Entries {from} to {to} were removed.', { from, to })
  }

  #fault(code: string, text: string, values: object): void {
    this.#faults.push({ field: '', code, text, values: values as Readonly<Record<string, unknown>> })
  }
}

/** Comparing each with each is for the few places that somebody touched. */
const mostCompared = 200
