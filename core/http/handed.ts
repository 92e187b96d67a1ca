/** Serves connections that another process accepted, and can part with them again: how a web worker leaves without anybody noticing. */
import type { RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { hold } from './hold.ts'
import { keepAliveMs, limitedServer } from './server.ts'

export interface Handed {
  /** `waiting` is a connection whose client was answered before, and may be silent for as long as that answer promised. */
  take(socket: Socket, about: { readonly waiting: boolean }): void
  /** Gives connections back between two requests, and ends those whose request is being answered with that answer. Resolves when none is left. */
  drain(giveBack: (socket: Socket) => Promise<void>): Promise<void>
  /** The same, but connections between two requests are ended too. */
  close(): Promise<void>
  /** Ends all connections, whatever they are doing. */
  cut(): void
}

interface State {
  /** What is being answered. */
  readonly answers: Set<ServerResponse>
  /** The bytes read when the last answer was complete: more means that the next request has begun. */
  read: number
  /** False where the parser may hold the beginning of a request, which cannot move with the connection. */
  movable: boolean
}

export function serveHanded(callback: RequestListener): Handed {
  const open = new Map<Socket, State>()
  const empty = Promise.withResolvers<void>()
  let part: ((socket: Socket) => Promise<void>) | undefined

  const server = limitedServer((request, response) => {
    if (part) response.shouldKeepAlive = false
    const state = open.get(request.socket)
    if (state) {
      // Whoever asks again before the answer may have sent a piece of the question after it too.
      if (state.answers.size > 0) state.movable = false
      state.answers.add(response)
      response.once('close', () => {
        state.answers.delete(response)
        state.read = request.socket.bytesRead
        if (!request.complete) state.movable = false
        if (part) leave(request.socket, state)
      })
    }
    callback(request, response)
  })
  // It never listens itself; this starts the clocks that end slow clients.
  server.emit('listening')

  /** The server's clocks would take a client that has nothing to ask for one that is too slow. */
  function serveLater(socket: Socket): void {
    socket.setTimeout(keepAliveMs + 1_000, () => socket.destroy())
    socket.on('error', () => undefined)
    socket.once('readable', () => {
      if (!open.has(socket)) return
      socket.removeAllListeners('timeout').setTimeout(0)
      if (socket.readableLength > 0) server.emit('connection', socket)
      else socket.destroy()
    })
  }

  function leave(socket: Socket, { answers, movable, read }: State): void {
    if (!part || answers.size > 0 || !movable || socket.bytesRead !== read || !socket.writable) return
    open.delete(socket)
    parting.add(socket)
    void part(hold(socket)).finally(() => gone(socket))
  }
  const parting = new Set<Socket>()

  function gone(socket: Socket): void {
    open.delete(socket)
    parting.delete(socket)
    if (part && open.size + parting.size === 0) empty.resolve()
  }

  function partBy(giveBack: (socket: Socket) => Promise<void>): Promise<void> {
    part = giveBack
    if (open.size + parting.size === 0) empty.resolve()
    for (const [socket, state] of open) {
      for (const answer of state.answers) answer.shouldKeepAlive = false
      leave(socket, state)
    }
    return empty.promise
  }

  return {
    take(socket, { waiting }) {
      open.set(socket, { answers: new Set(), read: 0, movable: true })
      socket.once('close', () => gone(socket))
      if (waiting) serveLater(socket)
      else server.emit('connection', socket)
    },
    drain: partBy,
    close: () => partBy(async (socket) => void socket.destroy()),
    cut() {
      for (const socket of open.keys()) socket.destroy()
    },
  }
}
