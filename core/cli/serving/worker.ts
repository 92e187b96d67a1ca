/** A web worker: serves the connections that its supervisor gives it and runs jobs, until it is told to leave or its supervisor is gone. */
import type { Socket } from 'node:net'
import { type Booted, boot } from '../../boot.ts'
import { type Handed, serveHanded } from '../../http/handed.ts'
import { hold } from '../../http/hold.ts'
import type { Cli } from '../cli.ts'
import { failureSaid } from '../failure.ts'
import { firstRunLink } from '../first-run.ts'
import { rawDatabase } from '../raw-database.ts'
import { Terminal } from '../terminal.ts'
import { seconds } from './lifetime.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { restWhenIdle } from './rest.ts'

/** What the requests and jobs that run may take when everything stops. */
const stopMs = { requests: 5_000, jobs: 10_000 }

interface Working {
  readonly booted: Booted
  readonly handed: Handed
}
let working: Working | undefined
let isLeaving = false

process.on('message', (message: ToWorker, connection?: Socket) => {
  handle(message, connection).catch(failed)
})
// A killed supervisor cannot say goodbye.
process.on('disconnect', () => void leave({ kind: 'stop' }))
// Ctrl+C reaches every process of the terminal; it is the supervisor who says what follows.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)

async function handle(message: ToWorker, connection: Socket | undefined): Promise<void> {
  switch (message.kind) {
    case 'boot':
      return begin(message)
    case 'work':
      return work(message)
    case 'connection':
      if (connection) take(connection, message.waiting)
      return say({ kind: 'taken' })
    case 'drain':
    case 'stop':
      return leave(message)
  }
}

let cli: Cli

async function begin({ root, flags, also }: ToWorker & { kind: 'boot' }): Promise<void> {
  const terminal = new Terminal()
  terminal.flags = flags
  cli = { root, env: process.env, terminal }
  const booted = await boot({ root, env: process.env, role: 'guest', what: 'web', also })
  // A promise that code forgot is the mishap of one request or job; the default would end everybody's.
  process.on('unhandledRejection', (err) => booted.log.error({ err }, 'Something went wrong that nobody waited for.'))
  working = { booted, handed: serveHanded(booted.app.http.callback) }
  restWhenIdle()
  await say({ kind: 'ready', revision: booted.app.revision, isNew: booted.isNew })
}

async function work({ first }: ToWorker & { kind: 'work' }): Promise<void> {
  if (!working || isLeaving) return
  const { app, config } = working.booted
  if (first?.demo !== undefined) await loadDemo(working.booted, first.demo)
  await app.queue.start()
  if (first) await say({ kind: 'working', firstRun: await firstRunLink(app, config.baseUrl) })
}

/** `demo load` is what any module may bring; a deployment of its own is the command `demo <module>`. */
async function loadDemo({ app }: Booted, which: string): Promise<void> {
  const command = app.composition.commands.find(({ name }) => name === `demo ${which}`)
  if (!command)
    return cli.terminal.error(
      which === 'load'
        ? 'No installed module brings demonstration data; the desk starts without.'
        : `The module "${which}" brings no demonstration data; the desk starts without.`,
    )
  cli.terminal.say(`Loading the demonstration data of ${command.module} …`)
  await command.run({}, await app.servicesFor({ door: 'cli' }), rawDatabase(app))
}

function take(connection: Socket, waiting: boolean): void {
  if (working) working.handed.take(connection, { waiting })
  else connection.destroy()
}

async function leave(how: ToWorker & { kind: 'drain' | 'stop' }): Promise<void> {
  if (!working) process.exit(0)
  const { booted, handed } = working
  const patience = how.kind === 'stop' ? stopMs : { requests: how.withinMs, jobs: how.withinMs }
  booted.app.endStreams()
  const late = setTimeout(() => {
    booted.log.warn(`What was still being answered after ${seconds(patience.requests)} was cut off.`)
    handed.cut()
  }, patience.requests)
  const parted = how.kind === 'stop' ? handed.close() : handed.drain((connection) => say({ kind: 'connection' }, connection))
  const rested = booted.app.queue.stop(patience.jobs)
  // Who is told to stop while it drains goes on with less patience.
  if (isLeaving) return
  isLeaving = true
  await Promise.all([parted.then(() => clearTimeout(late)), rested])
  await booted.close()
  process.exit(0)
}

/** Resolves when it is said, or nobody is there to hear it. */
function say(message: FromWorker, connection?: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) return resolve()
    process.send(message, connection && hold(connection), {}, () => resolve())
  })
}

async function failed(error: unknown): Promise<void> {
  if (['debug', 'trace'].includes(process.env.LOG_LEVEL ?? '') && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  await say({ kind: 'failed', said: failureSaid(error) })
  process.exit(1)
}
