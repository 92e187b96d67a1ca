#!/usr/bin/env node
/** The command `tessera`. Plain JavaScript: with all else in the compile cache, Node need not load its TypeScript stripper (16 MB). */
import module from 'node:module'

// An older Node, called by its path, would answer with a syntax error of ours.
if (!process.features.typescript) {
  console.error(`error: Tessera runs on the Node that npm installs with it; this is Node ${process.versions.node}, which cannot.`)
  console.error('hint: Write npm run tessera -- before the command, or put node_modules/.bin first in PATH.')
  process.exit(3)
}
// Before anything else is imported, so that it is all cached: the second start takes half the time.
module.enableCompileCache()
// Whoever reads our output may stop reading: `tessera user list | head -1`.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1))
const { runCli } = await import('./run.ts')
process.exitCode = await runCli(process.argv.slice(2), process.env)
