/** The deployment's secret: what is sealed or signed with it is worth nothing to whoever has only the database. */
import { hkdfSync, randomBytes } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from '../errors.ts'

/** What `config.secret` is made from; a message of the refusal names it. */
export const shortestSecret = 32

/**
 * Keys of 32 bytes, one for each purpose, so that none of them says anything about another. Without a `given` secret it is made
 * once, in the file `secret` of the data folder, on first use: every process of the deployment must have the same one.
 */
export function secretsOf(given: string | undefined, dataDir: string): (purpose: string) => Buffer {
  const keys = new Map<string, Buffer>()
  let secret = given
  return (purpose) => {
    const known = keys.get(purpose)
    if (known) return known
    secret ??= kept(dataDir)
    const key = Buffer.from(hkdfSync('sha256', secret, 'tessera', purpose, 32))
    keys.set(purpose, key)
    return key
  }
}

/** Whoever comes second finds what the first one made, also when both come at the same moment. */
function kept(dataDir: string): string {
  const file = join(dataDir, 'secret')
  try {
    return read(file) ?? make(file, dataDir)
  } catch (cause) {
    if (cause instanceof SetupError) throw cause
    throw new SetupError(3, `The secret of this deployment cannot be kept in ${file}: ${(cause as Error).message}.`, {
      hint: 'Give it as TESSERA_SECRET, or as the file that TESSERA_SECRET_FILE names.',
      cause,
    })
  }
}

function read(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim()
    if (text.length >= shortestSecret) return text
    throw new SetupError(3, `The file ${file} is not the secret of this deployment: it is too short. Bring it back from a backup.`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Written whole under another name and then linked, which only one of several can do. */
function make(file: string, dataDir: string): string {
  mkdirSync(dataDir, { recursive: true })
  const own = `${file}.${randomBytes(6).toString('hex')}`
  const secret = randomBytes(32).toString('base64url')
  writeFileSync(own, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true })
  try {
    chmodSync(own, 0o600)
    linkSync(own, file)
    return secret
  } catch (error) {
    const other = (error as NodeJS.ErrnoException).code === 'EEXIST' ? read(file) : undefined
    if (other === undefined) throw error
    return other
  } finally {
    rmSync(own)
  }
}
