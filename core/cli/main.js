#!/usr/bin/env node
/** The command `tessera`. Plain JavaScript: with all else in the compile cache, Node need not load its TypeScript stripper (16 MB). */
import { enableCompileCache } from 'node:module'

// Before anything else is imported, so that it is all cached: the second start takes half the time.
enableCompileCache()
const { runCli } = await import('./run.ts')
process.exitCode = await runCli(process.argv.slice(2), process.env)
