/** What every command gets, and how it opens the application: loaded late, so that a command that needs none of it is quick. */

import type { Door } from '../access/caller.ts'
import type { App } from '../app.ts'
import type { Booted } from '../boot.ts'
import { NotFound } from '../errors.ts'
import type { Services } from '../service/services.ts'
import type { Terminal } from './terminal.ts'

export interface Cli {
  /** The deployment's folder. */
  readonly root: string
  readonly env: NodeJS.ProcessEnv
  readonly terminal: Terminal
}

export interface Opening {
  readonly also?: readonly string[]
  /** False leaves the database as it is. */
  readonly install?: boolean
}

/** Boots as a guest, runs, and leaves the database again, also when somebody presses Ctrl+C. */
export async function withApp<R>(cli: Cli, run: (booted: Booted) => Promise<R>, opening: Opening = {}): Promise<R> {
  const booted = await openApp(cli, opening)
  const interrupted = () => {
    booted.close().finally(() => process.exit(130))
  }
  process.once('SIGINT', interrupted)
  try {
    return await run(booted)
  } finally {
    process.off('SIGINT', interrupted)
    await booted.close()
  }
}

/** Commands do not chat: unless the environment says otherwise, only warnings are logged. */
export async function openApp({ root, env }: Pick<Cli, 'root' | 'env'>, opening: Opening = {}): Promise<Booted> {
  const { boot } = await import('../boot.ts')
  const quiet = env.LOG_LEVEL || env.LOG_LEVEL_FILE ? env : { ...env, LOG_LEVEL: 'warn' }
  return boot({ root, env: quiet, role: 'guest', ...opening })
}

/** The services of the system, or of the user with this email address. */
export async function servicesOf(app: App, door: Door, email?: string): Promise<Services> {
  const system = await app.servicesFor({ door })
  return email === undefined ? system : app.servicesFor({ door, user: await userId(app, system, email) })
}

/** The id of the user with this email address. Throws a NotFound with a near match. */
export async function userId(app: App, services: Services, email: string): Promise<string> {
  const actor = app.composition.models.actor
  const wanted = email.trim().toLowerCase()
  const user = actor && (await services.records.find(actor.handle, { email: wanted }))
  if (user) return String(user.id)
  throw new NotFound(
    'cli.no_user',
    'There is no user with the email address {email}.',
    { email: wanted },
    { hint: 'tessera user list shows who there is.' },
  )
}
