#!/usr/bin/env node
/** The command `tessera`. */
import { enableCompileCache } from 'node:module'

// Before anything else is imported, so that it is all cached: the second start takes half the time.
enableCompileCache()
const { runCli } = await import('./run.ts')
process.exitCode = await runCli(process.argv.slice(2), process.env)
