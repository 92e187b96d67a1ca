/** An application at an address of its own. */
import type { App } from '../app.ts'

export interface TestApp extends App {
  /** `http://127.0.0.1:…` once `listen` was called. */
  listen(): Promise<string>
}

/** Closing it closes the server first; `afterwards` is done last. */
export function listening(app: App, afterwards: () => Promise<void> = async () => undefined): TestApp {
  let server: Awaited<ReturnType<App['http']['listen']>> | undefined
  return {
    ...app,
    async listen() {
      server ??= await app.http.listen(0, '127.0.0.1')
      const address = server.address()
      return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
    },
    async close() {
      app.endStreams()
      server?.closeAllConnections()
      await new Promise<void>((done) => (server ? server.close(() => done()) : done()))
      await app.close()
      await afterwards()
    },
  }
}
