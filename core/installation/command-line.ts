/** The command line in a process of its own: plans and operations load other code than this process has. */
import { execFile, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Conflict } from '../errors.ts'
import type { Operation } from './plan.ts'

/** What the command line needs to find the same deployment. */
export interface Operator {
  /** The deployment's folder. */
  readonly root: string
  readonly env: NodeJS.ProcessEnv
}

/** Runs `tessera …` and returns the JSON that it prints. Throws a Conflict that says what it said. */
export function asked({ root, env }: Operator, words: readonly string[]): Promise<unknown> {
  const options = { cwd: root, env: { ...env, NO_COLOR: '1' }, timeout: patienceMs, maxBuffer: 64 * 1024 * 1024 }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, '--json', '--no-input', ...words], options, (error, out, err) => {
      // A plan that cannot be carried out (6) is one that was made.
      const document = !error || error.code === 6 ? parsed(out) : undefined
      if (document === undefined) reject(refusal(error?.killed ? 'It took too long.' : err))
      else resolve(document)
    })
  })
}

/** Starts `tessera …` so that it goes on when this process ends. `onFailure` hears of a process that could not begin or ended badly. */
export function begun({ root, env }: Operator, words: readonly string[], onFailure: (error: Error) => void): void {
  const child = spawn(process.execPath, [program, '--yes', '--no-input', '--json', ...words], {
    cwd: root,
    env: { ...env, NO_COLOR: '1' },
    detached: true,
    // What it complains of stands in the log of whoever started us.
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  child.once('error', onFailure)
  child.once('exit', (code, signal) => {
    if (code !== 0) onFailure(refusal(`It ended ${signal ? `by ${signal}` : `with exit code ${code}`}.`))
  })
  child.unref()
}

/** An operation as words of the command line, to plan or with options to do it; each is one argument, whatever it contains. */
export function wordsOf({ verb, names, dependants, replace = {}, field }: Operation, toDo?: readonly string[]): readonly string[] {
  if (field) {
    const what = 'remove' in field ? ['remove'] : ['define', `--definition=${JSON.stringify(field.definition)}`]
    return ['field', ...what, ...(toDo ?? ['--dry-run']), '--', field.model, field.name]
  }
  return [
    'module',
    ...(toDo ? [verb, ...toDo] : ['plan', verb]),
    ...(dependants ? ['--with-dependants'] : []),
    ...Object.entries(replace).map(([key, by]) => `--replace=${key}=${by}`),
    '--',
    ...names,
  ]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const program = fileURLToPath(new URL('../cli/main.js', import.meta.url))
const patienceMs = 120_000

/** From what the command line prints: a sentence, then perhaps more, then a hint. Lines of the log are left out. */
function refusal(printed: string): Conflict {
  const text = printed
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('{'))
    .join('\n')
  const [said = '', hint] = text.replace(/^[\s\S]*?\berror: /, '').split(/^hint: /m)
  return new Conflict(
    'modules.refused',
    'The command line says: {said}',
    { said: said.trim() || 'nothing.' },
    hint ? { hint: hint.trim() } : {},
  )
}
