/** Starts app.ts as core/cli/main.js starts the application: from the compile cache. */
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./app.ts')
