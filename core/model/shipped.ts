/** The ids of shipped records are computed from their keys, so that a rule can name one before the database exists. */
import { v5 } from 'uuid'

/** The namespace of shipped records, a random UUID fixed for ever. */
const namespace = '6f3c6a52-0f0e-4a57-9c1e-6a1d6b0f6b1d'
const ids = new Map<string, string>()

/** The id of the record shipped under `model.key`: a UUID of version 5 (RFC 9562, section 5.5). */
export function shippedId(key: string): string {
  const id = ids.get(key) ?? v5(key, namespace)
  ids.set(key, id)
  return id
}
