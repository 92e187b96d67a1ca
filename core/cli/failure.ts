/** Any error as what the command line prints and ends with: one sentence, details, the cause, a hint; never a stack trace. */
import { CommanderError } from 'commander'
import { BadRequest, BootFailure, CheckFailed, Forbidden, fill, SetupError, Unauthorized, UserError } from '../errors.ts'
import { styled } from './terminal.ts'

/** 0 done, 1 failed, 2 wrong usage, 3 configuration, 4 database, 5 a check found work, 6 refused, 7 partly done. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7

export interface Said {
  readonly exitCode: ExitCode
  readonly sentence: string
  readonly details?: readonly string[]
  readonly cause?: string | undefined
  readonly hint?: string | undefined
}

/** How a command ends when nothing went wrong and yet not everything is done; its answer is already printed. */
export class Ended extends Error {
  readonly exitCode: ExitCode
  constructor(exitCode: ExitCode) {
    super(`exit code ${exitCode}`)
    this.exitCode = exitCode
  }
}

/** Somebody said no, or nobody could be asked. */
export class Refused extends Forbidden {}

export function failureSaid(error: unknown): Said {
  if (error instanceof CommanderError) return usageSaid(error)
  if (error instanceof SetupError) return { exitCode: error.exitCode, sentence: error.message, cause: causeOf(error), hint: error.hint }
  if (error instanceof BootFailure) {
    const { length } = error.problems
    const sentence = length === 1 ? 'The modules do not fit together:' : `The modules do not fit together; ${length} things must be mended:`
    return {
      exitCode: 3,
      sentence,
      details: error.message.split('\n'),
      hint: 'Mend the modules, then look again with: tessera module check',
    }
  }
  if (error instanceof UserError) {
    const details = error.errors.map(({ text, values = {} }) => fill(text, values)).filter((text) => text !== error.message)
    const exitCode =
      error instanceof CheckFailed
        ? 5
        : error instanceof BadRequest
          ? 2
          : error instanceof Forbidden || error instanceof Unauthorized
            ? 6
            : 1
    return { exitCode, sentence: error.message, details, hint: error.hint }
  }
  const { message, code } = error instanceof Error ? (error as Error & { code?: unknown }) : { message: String(error), code: undefined }
  if (typeof code === 'string' && databaseGone.test(code)) {
    return { exitCode: 4, sentence: 'The database does not answer.', cause: message, hint: 'Look at it with: tessera doctor' }
  }
  return {
    exitCode: 1,
    sentence: 'Something went wrong that Tessera did not foresee.',
    cause: message,
    hint: 'LOG_LEVEL=debug shows where.',
  }
}

const databaseGone = /^(08...|57P..|53300|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE)$/

export function failureText(said: Said): string {
  const mark = (word: string, style: 'red' | 'dim' | 'yellow') => styled(style, `${word}:`, process.stderr)
  return [
    `${mark('error', 'red')} ${said.sentence}`,
    ...(said.details ?? []).map((detail) => `  ${detail}`.trimEnd()),
    ...(said.cause && !said.sentence.includes(said.cause) ? [`${mark('cause', 'dim')} ${said.cause}`] : []),
    ...(said.hint ? [`${mark('hint', 'yellow')} ${said.hint}`] : []),
  ].join('\n')
}

function causeOf({ cause }: Error): string | undefined {
  return cause instanceof Error ? cause.message : undefined
}

/** Commander's words as our sentences. */
function usageSaid({ code, message, exitCode }: CommanderError): Said {
  if (exitCode === 0) return { exitCode: 0, sentence: '' }
  const [first = '', meant] = message.replace(/^error: /, '').split('\n')
  const name = /'([^' ]+)[^']*'/.exec(first)?.[1] ?? ''
  const hint = /Did you mean (.+)\?\)/.exec(meant ?? '')?.[1]
  const sentence = {
    'commander.unknownOption': `There is no option ${name} here.`,
    'commander.unknownCommand': `There is no command "${name}".`,
    'commander.missingArgument': `${name.toUpperCase()} is missing.`,
    'commander.optionMissingArgument': `The option ${name} needs a value.`,
    'commander.missingMandatoryOptionValue': `The option ${name} is needed.`,
    'commander.excessArguments': 'There are more words than this command takes.',
  }[code]
  return {
    exitCode: 2,
    sentence: sentence ?? `${first.charAt(0).toUpperCase()}${first.slice(1)}`,
    hint: hint ? `Did you mean ${hint}?` : 'tessera --help lists the commands; --help after a command says what it takes.',
  }
}
