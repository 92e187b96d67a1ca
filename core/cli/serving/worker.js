/** A web worker, as `tessera start` starts it. Plain JavaScript, from the compile cache: see main.js. */
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./worker.ts')
