import { createHash, createHmac } from 'node:crypto'

/** What is sealed of an entry. */
export interface Sealable {
  readonly id: string
  /** Its number among all that were ever noted; null for one of a version that gave none. */
  readonly noted: string | null
  readonly at: Date
  readonly kind: string
  readonly actor: string | null
  readonly door: string
  readonly subject: string | null
  readonly model: string | null
  readonly record: string | null
  readonly details: unknown
  readonly personalHash: string | null
}

/** How far the chain reaches, as it is published: `12:9f86…`. */
export interface Head {
  readonly number: number
  readonly mac: string
}

/** Over the seal before, the place, and the whole entry: none of them can be changed, moved or taken out unnoticed. */
export function macOf(key: Buffer, previous: string, number: number, entry: Sealable): string {
  const { id, noted, at, kind, actor, door, subject, model, record, details, personalHash } = entry
  const text = canonical({
    number,
    id,
    noted: noted ?? undefined,
    at: at.toISOString(),
    kind,
    actor,
    door,
    subject,
    model,
    record,
    details,
    personalHash,
  })
  return createHmac('sha256', key).update(previous).update('\n').update(text).digest('hex')
}

/** The salt keeps anybody from guessing an address by trying: without it, nothing can be said about what was erased. */
export function personalHashOf(salt: string, details: unknown): string {
  return createHash('sha256').update(salt).update('\n').update(canonical(details)).digest('hex')
}

/** JSON whose keys are in order, so that the same value is the same text, whoever kept it meanwhile. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  const inOrder = entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${inOrder.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(',')}}`
}

export function headText({ number, mac }: Head): string {
  return `${number}:${mac}`
}

/** Undefined for what is no head. */
export function headIn(text: string): Head | undefined {
  const [, number, mac] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text.trim()) ?? []
  return number && mac ? { number: Number(number), mac } : undefined
}
