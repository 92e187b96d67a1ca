/** What the commands of one story share: a process that has loaded the code. */
import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Asked } from './shell-process.ts'

/** What a command said on stdout and stderr, and its exit code. */
export interface Said {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A process that runs one command after the other on the same code. */
export interface Shell {
  /** It takes one command at a time. */
  readonly isBusy: boolean
  readonly isOpen: boolean
  run(words: readonly string[]): Promise<Said>
  close(): void
}

/** `env` is all that its commands see of an environment. */
export function openShell(folder: string, env: NodeJS.ProcessEnv): Shell {
  const child = fork(join(import.meta.dirname, 'shell-process.ts'), [], {
    cwd: folder,
    env,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let isBusy = false
  return {
    get isBusy() {
      return isBusy
    },
    get isOpen() {
      return child.connected
    },
    async run(words) {
      isBusy = true
      const asked: Asked = { words, env, mark: `${randomUUID()}\n` }
      const exit = new Promise<number | null>((done) => child.once('message', (code: number) => done(code)).once('exit', done))
      child.send(asked)
      const [out, err] = await Promise.all([until(child.stdout!, asked.mark), until(child.stderr!, asked.mark)])
      const exitCode = await exit
      child.removeAllListeners('message').removeAllListeners('exit')
      isBusy = false
      return { code: exitCode, out, err }
    },
    close() {
      if (child.connected) child.disconnect()
    },
  }
}

/** What the stream says before the mark, or before it ends. */
function until(stream: NodeJS.ReadableStream, mark: string): Promise<string> {
  stream.setEncoding('utf8')
  return new Promise((done) => {
    let said = ''
    const finish = () => {
      stream.removeAllListeners('data').removeAllListeners('end')
      done(said.endsWith(mark) ? said.slice(0, -mark.length) : said)
    }
    stream.on('data', (piece: string) => {
      said += piece
      if (said.endsWith(mark)) finish()
    })
    stream.on('end', finish)
  })
}
