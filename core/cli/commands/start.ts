/** `tessera start`: the server and the worker of the queue in one process, until somebody stops it. */
import type { Server } from 'node:http'
import type { Command } from 'commander'
import type { Booted } from '../../boot.ts'
import { SetupError } from '../../errors.ts'
import type { Cli } from '../cli.ts'
import { rawDatabase } from '../raw-database.ts'
import { styled } from '../terminal.ts'

export function addStart(program: Command, cli: Cli): void {
  program
    .command('start')
    .description('start the server (the default)')
    .option('--demo [module]', 'load demonstration data first: of the installed modules, or of this one, which is then installed')
    .action((options: { demo?: string | boolean }) => start(cli, options))
}

async function start(cli: Cli, { demo = false }: { demo?: string | boolean }): Promise<void> {
  const began = performance.now()
  // From here on, so that Ctrl+C during the start is not lost.
  const stopped = stopSignal()
  const { boot } = await import('../../boot.ts')
  const booted = await boot({ root: cli.root, env: cli.env, role: 'owner', also: typeof demo === 'string' ? [demo] : [] })
  // A promise that code forgot is the mishap of one request or job; the default would end everybody's.
  process.on('unhandledRejection', (err) => booted.log.error({ err }, 'Something went wrong that nobody waited for.'))
  let server: Server | undefined
  try {
    if (booted.isNew) cli.terminal.say('The database is set up.')
    server = await listening(booted)
    if (demo) await loadDemo(cli, booted, typeof demo === 'string' ? demo : 'load')
    await booted.app.queue.start()
    await announceReady(cli, booted, performance.now() - began)
    await stopped
    cli.terminal.say('Stopping …')
  } finally {
    // What does not end in time is cut off: the next start finds everything in order.
    const deadline = setTimeout(() => process.exit(1), patienceMs)
    await Promise.all([server && closed(server), booted.app.queue.stop()])
    await booted.close()
    clearTimeout(deadline)
  }
}

/** In milliseconds: the whole stop, and how much of it the requests that are being answered may take. */
const patienceMs = 10_000
const requestsMs = 5_000

async function listening({ app, config: { port, host } }: Booted): Promise<Server> {
  try {
    return await app.http.listen(port, host)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') {
      throw new SetupError(3, `Port ${port} of ${host} is used by another program.`, {
        hint: `Choose another: PORT=${port === 65_535 ? 3000 : port + 1} npm start`,
      })
    }
    if (code === 'EACCES')
      throw new SetupError(3, `Port ${port} is reserved for the system.`, { hint: 'Choose one above 1023, for example PORT=3000.' })
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new SetupError(3, `This machine has no address "${host}".`, {
        hint: 'Correct HOST: 127.0.0.1 for this machine alone, 0.0.0.0 for all.',
      })
    throw error
  }
}

/** `demo load` is what any module may bring; a deployment of its own is the command `demo <module>`. */
async function loadDemo(cli: Cli, { app }: Booted, which: string): Promise<void> {
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

async function announceReady(cli: Cli, { app, config }: Booted, milliseconds: number): Promise<void> {
  const { firstRunLink } = await import('../first-run.ts')
  const link = await firstRunLink(app, config.baseUrl)
  if (cli.terminal.flags.json)
    cli.terminal.answer({ url: config.baseUrl, milliseconds: Math.round(milliseconds), firstRun: link ?? null }, () => '')
  cli.terminal.say(
    `${styled('green', 'Ready', process.stderr)} at ${styled('bold', config.baseUrl, process.stderr)} after ${(milliseconds / 1000).toFixed(1)} s. Ctrl+C stops it.`,
  )
  if (!link) return
  cli.terminal.error(`\nNobody administers this desk yet. Open this link within 24 hours to become its administrator:\n\n  ${link}\n`)
}

/** Resolves with the first SIGINT or SIGTERM; the second ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let told = false
    const stop = () => {
      if (told) process.exit(130)
      told = true
      resolve()
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}

/** Takes no new requests, lets those that run finish, and cuts off what is left after a while. */
async function closed(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), requestsMs)
  await new Promise<void>((done) => {
    server.close(() => done())
    server.closeIdleConnections()
  })
  clearTimeout(cut)
}
