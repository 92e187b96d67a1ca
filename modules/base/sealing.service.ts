import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Services } from '@tessera/core'

declare module '@tessera/core' {
  interface Services {
    sealing: SealingService
  }
}

/** Keeps in the database what must be read again, such as the secret of a second factor, so that a copy of it gives nothing away. */
export class SealingService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** Sealed for one purpose: it opens for no other, so that nobody can move it from one column to another. */
  seal(text: string, purpose: string): string {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv(algorithm, this.#key(purpose), nonce)
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return `v1.${sealed.toString('base64url')}`
  }

  /** Undefined for what was changed, is for another purpose, or was sealed with another secret. */
  open(sealed: string, purpose: string): string | undefined {
    const [version, text] = sealed.split('.')
    const bytes = Buffer.from(text ?? '', 'base64url')
    if (version !== 'v1' || bytes.length < nonceBytes + tagBytes) return undefined
    const decipher = createDecipheriv(algorithm, this.#key(purpose), bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    try {
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8')
    } catch {
      return undefined
    }
  }

  #key(purpose: string): Buffer {
    return this.#services.config.secret(`sealing: ${purpose}`)
  }
}

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16
