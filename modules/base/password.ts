import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { UserError } from '@tessera/core'
import { isCommonPassword } from './common-passwords.ts'
import { Turns } from './turns.ts'

/** Refuses a password that is too short, too long or that everybody tries first. */
export function checkPassword(password: string): void {
  const length = [...password].length
  if (length < shortest || length > longest) {
    throw new UserError(
      'base.password_length',
      'A password has {shortest} to {longest} characters; this one has {length}. A few words in a row are easy to remember.',
      { shortest, longest, length },
    )
  }
  if (isCommonPassword(password)) {
    throw new UserError('base.password_common', 'This password is among the first that anybody tries. Choose another one.')
  }
}

/** `$argon2id$v=19$m=65536,t=3,p=1$salt$hash`, as other programs write it too. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16)
  const hash = await derive(password, nonce, cost)
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(nonce)}$${base64(hash)}`
}

/**
 * Whether the password belongs to the stored hash. With nothing stored it takes the same time and answers false: the time
 * must not tell whether an account exists.
 */
export async function isPasswordOf(stored: string | null | undefined, password: string): Promise<boolean> {
  const [, memory, passes, parallelism, salt, hash] = phc.exec(stored ?? nobodys) ?? []
  if (!salt || !hash) throw new TypeError('A stored password is not in the argon2id format.')
  const expected = Buffer.from(hash, 'base64')
  const stated = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism), tagLength: expected.length }
  const derived = await derive(password.slice(0, longest * 2), Buffer.from(salt, 'base64'), stated)
  return timingSafeEqual(derived, expected) && typeof stored === 'string'
}

/** All places for hashing are taken: 64 MiB each must not take the memory of the whole process. */
export class Busy extends UserError {
  override readonly status = 503
}

const shortest = 12
const longest = 128

/** RFC 9106, second recommendation, with one lane: 64 MiB, three passes. */
const cost = { memory: 65_536, passes: 3, parallelism: 1, tagLength: 32 }
type Cost = typeof cost

const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/
/** As costly as a real one, and matched by no password. */
const nobodys = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(Buffer.alloc(16))}$${base64(Buffer.alloc(cost.tagLength))}`

const turns = new Turns(
  2,
  32,
  () => new Busy('base.busy', 'Too many people are signing in at this moment. Wait a few seconds and try again.'),
)
const argon2Async = promisify<'argon2id', Argon2Parameters, Buffer>(argon2)

/** The same letters typed on two systems may differ in their bytes; NFKC makes them one. */
function derive(password: string, nonce: Buffer, { memory, passes, parallelism, tagLength }: Cost): Promise<Buffer> {
  const message = password.normalize('NFKC')
  return turns.take(() => argon2Async('argon2id', { message, nonce, memory, passes, parallelism, tagLength }))
}

/** PHC strings leave the padding out. */
function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
