/** Where the data is: the PostgreSQL of DATABASE_URL, or an embedded one in the data folder. */
import type { Config } from '../config/index.ts'
import { openEmbedded } from './embedded.ts'
import { checkDatabase } from './external.ts'

export { withAdvisoryLock } from './locks.ts'

/** `owner` is `tessera start`: one for each data folder. Commands and further processes are guests. */
export type Role = 'owner' | 'guest'

/** A database that can be connected to until `close`. */
export interface Database {
  /** Carries a password: never print it. */
  readonly url: string
  readonly embedded: boolean
  /**
   * Close your own connections first. Stops an embedded server when nobody else (owner or guest) uses it, and otherwise leaves
   * that to the last of them. Does nothing to a database of DATABASE_URL.
   */
  close(): Promise<void>
}

/**
 * Opens the database of this configuration, starting the embedded one when it does not run yet. Throws a SetupError: exit code
 * 4 when the database is at fault or already has an owner, 3 when the folder or the installation is.
 */
export async function openDatabase({ databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>, role: Role): Promise<Database> {
  if (databaseUrl === undefined) return openEmbedded({ dataDir, role })
  await checkDatabase(databaseUrl)
  return { url: databaseUrl, embedded: false, close: async () => undefined }
}
