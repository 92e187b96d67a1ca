/**
 * Runs one command after the other, each as main.js runs one: what they share is the code that a process loads before it does anything,
 * which takes most of a short command. Both streams say `mark` after each, by which it is known that all was read.
 */
import { enableCompileCache } from 'node:module'

export interface Asked {
  readonly words: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly mark: string
}

enableCompileCache()
const { runCli } = await import('../../core/cli/run.ts')
const { flushLog } = await import('../../core/config/log.ts')
// Each command waits for the end of the process, and none knows of the others.
process.setMaxListeners(0)
process.on('disconnect', () => process.exit(0))
process.on('message', async ({ words, env, mark }: Asked) => {
  const code = await runCli(words, env)
  // As the end of a process does.
  flushLog()
  process.stdout.write(mark)
  process.stderr.write(mark)
  process.send?.(code)
})
