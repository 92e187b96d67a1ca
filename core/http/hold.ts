/** Connections that move between processes. */
import type { Socket } from 'node:net'

/**
 * Reads nothing more from a connection, so that what its client sends waits in the kernel for whoever gets the connection next. Call
 * it in the same turn in which the connection was received: `pause` alone would still read once, and what it reads would be lost.
 */
export function hold(socket: Socket): Socket {
  const { _handle: handle } = socket as Socket & { readonly _handle?: { reading: boolean; readStop(): void } | null }
  if (!handle) return socket
  handle.reading = false
  handle.readStop()
  return socket
}
