import { createHmac, randomInt } from 'node:crypto'

/** Ten codes for whoever has lost his app, as they are shown: once. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: 10 }, () => {
    const letters = Array.from({ length: 10 }, () => alphabet[randomInt(alphabet.length)]).join('')
    return `${letters.slice(0, 5)}-${letters.slice(5)}`
  })
}

/** What is kept of a code. It is short enough to be guessed by whoever has the database, so that the deployment's secret goes in. */
export function recoveryHash(key: Buffer, user: string, code: string): string {
  return createHmac('sha256', key)
    .update(`${user} ${plainCode(code)}`)
    .digest('base64url')
}

/** A code as it was meant, however it was typed. */
export function plainCode(typed: string): string {
  return typed
    .slice(0, 100)
    .toLowerCase()
    .replace(/[^0-9a-z]/g, '')
}

/** Without what one mistakes for another when it is written down: 0 and o, 1 and i and l. */
const alphabet = '23456789abcdefghjkmnpqrstuvwxyz'
