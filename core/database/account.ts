/** PostgreSQL refuses to run as root. When we are root, its processes run under another account, which must get at its files. */
import { execFile } from 'node:child_process'
import { chmod, chown, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { SetupError } from '../errors.ts'

const exec = promisify(execFile)

/** Whom the processes of PostgreSQL run as, in the words of child_process. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/**
 * Undefined when we are not root and run PostgreSQL as ourselves. Otherwise the owner of a cluster that an ordinary user has
 * made in `folder`, else the system's `postgres`, who is created when missing.
 */
export async function serverAccount(folder: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const owner = await stat(folder).catch(() => undefined)
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  return (await lookUp()) ?? (await createPostgres())
}

/** The data folder is ours to open: the account's group may pass through, nobody else gets a right. */
export async function letThrough(account: Account, dataDir: string): Promise<void> {
  if (await canEnter(account, dataDir)) return
  const { uid, mode } = await stat(dataDir)
  await chown(dataDir, uid, account.gid)
  await chmod(dataDir, mode | 0o010)
}

/** Folders above are not ours to open. Throws a SetupError (exit code 3) that names the first one in the way, and the command. */
export async function mustEnter(account: Account, folder: string): Promise<void> {
  if (await canEnter(account, folder)) return
  for (const parent of fromTheTop(folder)) {
    if (await canEnter(account, parent)) continue
    throw new SetupError(3, `PostgreSQL cannot run as root, and as user ${account.uid} it cannot enter the folder ${parent}.`, {
      hint: `Open it with "chmod o+x ${parent}", or do not run as root, or set DATABASE_URL.`,
    })
  }
}

function fromTheTop(folder: string): string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [...fromTheTop(parent), folder]
}

/** Tried, not computed from the mode: access lists and security modules have a say too. */
async function canEnter(account: Account, folder: string): Promise<boolean> {
  return exec('/bin/sh', ['-c', 'cd "$0"', folder], { ...account, cwd: '/' }).then(
    () => true,
    () => false,
  )
}

async function lookUp(): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([exec('id', ['-u', 'postgres']), exec('id', ['-g', 'postgres'])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return undefined
  }
}

async function createPostgres(): Promise<Account> {
  // Fails when another process has just done the same: what counts is that the account is there afterwards.
  const failure: unknown = await exec('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']).catch(
    (error: unknown) => error,
  )
  const account = await lookUp()
  if (account) return account
  throw new SetupError(3, 'PostgreSQL cannot run as root, and there is no user "postgres" to run it as.', {
    hint: 'Run Tessera as an ordinary user, or create that user, or set DATABASE_URL.',
    cause: failure,
  })
}
