/** The listening socket, and who gets the connections: it belongs to the supervisor, so that none is refused while workers come and go. */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Config } from '../../config/index.ts'
import { SetupError } from '../../errors.ts'

/** One who serves connections. */
export interface Taker {
  /** Whether it is ready for another; a worker that is busy lets them go to the others. */
  readonly isFree: boolean
  /** `waiting` is a connection that another worker gave back between two requests. */
  give(connection: Socket, waiting: boolean): void
}

export interface Front {
  listen(config: Pick<Config, 'port' | 'host'>): Promise<void>
  /** From now on these get the connections. Without any, connections wait for the next. */
  serveBy(takers: readonly Taker[]): void
  /** A connection that nobody serves at the moment; it must not be read from. */
  give(connection: Socket, waiting: boolean): void
  /** One of the takers is free again. */
  goOn(): void
  close(): void
}

/** `patienceMs`: how long a connection waits for a worker when there is none. */
export function openFront(patienceMs = 10_000): Front {
  let takers: readonly Taker[] = []
  let queue: { readonly connection: Socket; readonly waiting: boolean; readonly late: NodeJS.Timeout }[] = []
  let isClosed = false
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (connection) => give(connection, false))

  function give(connection: Socket, waiting: boolean): void {
    if (isClosed) return void connection.destroy()
    connection.on('error', () => undefined)
    queue.push({ connection, waiting, late: setTimeout(dismissLate, patienceMs).unref() })
    goOn()
  }

  function goOn(): void {
    for (const taker of takers) {
      if (!taker.isFree) continue
      const next = queue.shift()
      if (!next) return
      clearTimeout(next.late)
      // The one that was served last comes last: all get the same share.
      takers = [...takers.filter((each) => each !== taker), taker]
      taker.give(next.connection, next.waiting)
    }
  }

  /** While there are workers, they only have much to do. */
  function dismissLate(): void {
    if (takers.length > 0) return
    for (const { connection, waiting, late } of queue) {
      clearTimeout(late)
      dismiss(connection, waiting)
    }
    queue = []
  }

  return {
    async listen({ port, host }) {
      try {
        await once(server.listen(port, host), 'listening')
      } catch (error) {
        throw explained(error as NodeJS.ErrnoException, port, host)
      }
    },
    serveBy(next) {
      takers = next
      goOn()
    },
    give,
    goOn,
    close() {
      isClosed = true
      server.close()
      for (const { connection, late } of queue) {
        clearTimeout(late)
        connection.destroy()
      }
      queue = []
    },
  }
}

/** Who has asked nothing yet is not answered. */
function dismiss(connection: Socket, waiting: boolean): void {
  if (waiting) return void connection.destroy()
  connection.end(unavailable)
  // What was sent is read, so that the answer is not lost with it.
  connection.resume().setTimeout(1_000, () => connection.destroy())
}
const sentence = 'The desk is being started. Try again in a moment.'
const unavailable = `HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${sentence.length}\r\nRetry-After: 5\r\nConnection: close\r\n\r\n${sentence}`

function explained(error: NodeJS.ErrnoException, port: number, host: string): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new SetupError(3, `Port ${port} of ${host} is used by another program.`, {
        hint: `Choose another: PORT=${port === 65_535 ? 3000 : port + 1} npm start`,
      })
    case 'EACCES':
      return new SetupError(3, `Port ${port} is reserved for the system.`, { hint: 'Choose one above 1023, for example PORT=3000.' })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new SetupError(3, `This machine has no address "${host}".`, {
        hint: 'Correct HOST: 127.0.0.1 for this machine alone, 0.0.0.0 for all.',
      })
    default:
      return error
  }
}
