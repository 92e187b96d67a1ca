/** The Node server with limits, so that slow or endless clients end by themselves. */
import { createServer, type RequestListener, type Server } from 'node:http'

/** Listens; rejects when the port is taken. Port 0 takes a free one. */
export async function listen(callback: RequestListener, port: number, host: string): Promise<Server> {
  const server = limitedServer(callback)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return server
}

/** One that does not listen yet. */
export function limitedServer(callback: RequestListener): Server {
  return createServer(limits, callback)
}

/** How long a client that was answered may be silent before its connection is closed; it is told so. */
export const keepAliveMs = 65_000

const limits = {
  headersTimeout: 10_000,
  // The longest upload; a JSON body or a form has 15 s of its own.
  requestTimeout: 600_000,
  keepAliveTimeout: keepAliveMs,
  // The default of 30 s would let a slow connection live on for that long.
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16_384,
}
