/**
 * `tessera start`: a small process that owns the listening socket and the embedded database, and has web workers do all else. It
 * relieves them when the installed modules change, and starts another one where one died.
 */
import { loadConfig } from '../../config/index.ts'
import { openLog } from '../../config/log.ts'
import { type Database, openDatabase } from '../../database/index.ts'
import type { Cli } from '../cli.ts'
import { Ended, failureText } from '../failure.ts'
import { type Changes, followChanges } from './changes.ts'
import { type Crew, createCrew } from './crew.ts'
import { openFront } from './front.ts'
import { announceReady, endedInTime, stopSignal } from './lifetime.ts'
import { startWebWorker, WorkerFailed } from './web-worker.ts'

export async function supervise(cli: Cli, demo: string | boolean): Promise<void> {
  const began = performance.now()
  const config = loadConfig(cli.env, cli.root)
  const log = openLog(config.logLevel)
  const front = openFront()
  // It loads its code while the database starts.
  const first = startWebWorker(cli.env, front)
  // From here on, so that Ctrl+C during the start is not lost.
  const stopped = stopSignal(cli.env, () => {
    first.kill()
    crew?.kill()
  })
  let crew: Crew | undefined
  let database: Database | undefined
  let changes: Changes | undefined
  try {
    database = await openDatabase(config, 'owner')
    changes = await followChanges(database.url, log, (isNews) => crew?.look(isNews))
    const boot = { root: cli.root, flags: cli.terminal.flags }
    const { isNew } = await first.boot({ ...boot, also: typeof demo === 'string' ? [demo] : [] })
    if (isNew) cli.terminal.say('The database is set up.')
    await front.listen(config)
    crew = createCrew({
      wanted: config.webWorkers,
      front,
      log,
      revision: changes.revision,
      start() {
        const worker = startWebWorker(cli.env, front)
        return { worker, ready: worker.boot({ ...boot, also: [] }) }
      },
    })
    crew.join(first)
    const link = await first.workFirst(demo === false ? undefined : demo === true ? 'load' : demo)
    crew.look()
    announceReady(cli, config, { milliseconds: performance.now() - began, link })
    await stopped
    cli.terminal.say('Stopping …')
  } catch (error) {
    if (!(error instanceof WorkerFailed)) throw error
    cli.terminal.error(failureText(error.said))
    throw new Ended(error.said.exitCode)
  } finally {
    await endedInTime(
      async () => {
        front.close()
        await changes?.close()
        if (crew) await crew.stop()
        else first.kill()
        await first.gone
        await database?.close()
      },
      () => crew?.kill(),
    )
  }
}
