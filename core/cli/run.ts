/** From words to an exit code: parses, runs one command, says what went wrong. */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Cli } from './cli.ts'
import { Ended, type ExitCode, failureSaid, failureText } from './failure.ts'
import { runProgram } from './program.ts'
import { Terminal } from './terminal.ts'

/** `words` are the arguments after `tessera`; without any it starts. */
export async function runCli(words: readonly string[], env: NodeJS.ProcessEnv): Promise<ExitCode> {
  const terminal = new Terminal()
  const cli: Cli = { root: deploymentFolder(), env, terminal }
  try {
    await runProgram(cli, words)
    return 0
  } catch (error) {
    if (error instanceof Ended) return error.exitCode
    const said = failureSaid(error)
    if (said.sentence !== '') terminal.error(failureText(said))
    if (['debug', 'trace'].includes(env.LOG_LEVEL ?? '') && error instanceof Error) terminal.error(error.stack ?? '')
    return said.exitCode
  }
}

/** The nearest folder above this one with `config/tessera.ts`, else the one that core belongs to. */
function deploymentFolder(): string {
  const isOne = (folder: string) => existsSync(join(folder, 'config', 'tessera.ts'))
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (isOne(folder)) return folder
    if (folder === dirname(folder)) return resolve(import.meta.dirname, '..', '..')
  }
}
