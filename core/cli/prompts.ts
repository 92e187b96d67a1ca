/** Questions, only where somebody sits at a terminal. */
import { text } from 'node:stream/consumers'
import { BadRequest } from '../errors.ts'
import { Refused } from './failure.ts'
import type { Terminal } from './terminal.ts'

/** Asks before something that cannot be undone easily; --yes answers. Throws Refused for a no, or when nobody can be asked. */
export async function confirmed(terminal: Terminal, question: string): Promise<void> {
  if (terminal.flags.yes) return
  if (!terminal.isAsked)
    throw new Refused('cli.nobody_asked', '{question} Nobody is there to say yes.', { question }, { hint: 'Say it with --yes.' })
  const { confirm } = await import('@clack/prompts')
  const answer = await confirm({ message: question, output: process.stderr })
  if (answer !== true) throw new Refused('cli.declined', 'Nothing was done.')
}

/** Asks for a name to be typed before something is lost for good; --yes answers. Throws Refused for anything else. */
export async function typed(terminal: Terminal, name: string, question = `This drops what "${name}" holds.`): Promise<void> {
  if (terminal.flags.yes) return
  if (!terminal.isAsked)
    throw new Refused('cli.nobody_asked', '{question} Nobody is there to say yes.', { question }, { hint: 'Say it with --yes.' })
  const { text: asked } = await import('@clack/prompts')
  const answer = await asked({ message: `Type ${name} to go on`, output: process.stderr })
  if (answer !== name) throw new Refused('cli.declined', 'Nothing was done.')
}

/** A password from the first line of stdin, or typed twice without being shown. */
export async function givenPassword(terminal: Terminal, fromStdin: boolean): Promise<string> {
  if (fromStdin) {
    const [line = ''] = (await text(process.stdin)).split(/\r?\n/, 1)
    if (line === '')
      throw new BadRequest('cli.no_password', 'There is no password on stdin.', {}, { hint: 'Pipe it: printf %s "$PASSWORD" | tessera …' })
    return line
  }
  if (!terminal.isAsked)
    throw new BadRequest(
      'cli.no_terminal',
      'There is no terminal to ask for the password.',
      {},
      { hint: 'Pipe the password and add --password-stdin.' },
    )
  const { isCancel, password } = await import('@clack/prompts')
  const first = await password({ message: 'Password', output: process.stderr })
  const again = isCancel(first) ? first : await password({ message: 'The same password again', output: process.stderr })
  if (isCancel(first) || isCancel(again)) throw new Refused('cli.declined', 'Nothing was done.')
  if (first !== again) throw new BadRequest('cli.passwords_differ', 'The two passwords are not the same; nothing was done.')
  return first
}
