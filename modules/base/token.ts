import { hash, randomBytes } from 'node:crypto'

/** 256 random bits, safe in a URL, a cookie and a header. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** What is kept of a token. It is random, so that a fast hash is enough and can be looked up. */
export function hashOf(token: string): string {
  return hash('sha256', token, 'base64url')
}
