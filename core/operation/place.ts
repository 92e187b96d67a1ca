/** Where an operation is done: a deployment and its database. */
import type { Logger } from 'pino'
import { type Config, loadConfig } from '../config/index.ts'
import { openDatabase } from '../database/index.ts'

export interface OperationAbout {
  readonly root: string
  readonly env: NodeJS.ProcessEnv
  readonly log: Logger
  readonly version: string
  /** The user on whose behalf it runs; without one, the operator at the command line. */
  readonly actor?: string | undefined
  /** Of the row that whoever asked for it has begun, and where he follows it. */
  readonly id?: string | undefined
}

export interface Place {
  readonly about: OperationAbout
  readonly config: Config
  /** Of the database, which is open as long as the operation takes. */
  readonly url: string
}

export async function atPlace<R>(about: OperationAbout, run: (place: Place) => Promise<R>): Promise<R> {
  const config = loadConfig(about.env, about.root)
  const database = await openDatabase(config, 'guest')
  try {
    return await run({ about, config, url: database.url })
  } finally {
    await database.close()
  }
}
