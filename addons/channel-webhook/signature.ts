/** How both sides prove who they are: an HMAC over the moment and the body, with a secret that only they know. */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** The header X-Tessera-Signature for a body that is sent at a moment (seconds since 1970, the header X-Tessera-Timestamp). */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
}

export interface Signed {
  readonly timestamp: string | undefined
  readonly signature: string | undefined
  readonly body: string
}

/** Whether it was signed with the secret within five minutes of now; the time that it takes tells nothing about the signature. */
export function isSigned({ timestamp = '', signature = '', body }: Signed, secret: string, now: Date): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false
  const [given, right] = [Buffer.from(signature), Buffer.from(signatureOf(secret, timestamp, body))]
  const isRight = given.length === right.length && timingSafeEqual(given, right)
  return isRight && Math.abs(now.getTime() / 1000 - Number(timestamp)) <= toleranceSeconds
}

const toleranceSeconds = 300
