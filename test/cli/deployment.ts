/** A deployment of its own for stories of the command line: the repository's modules, an addon for trials, and the real process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
  /** stdout as one JSON document. */
  // biome-ignore lint/suspicious/noExplicitAny: a story reads whatever document it was answered.
  json(): any
}
export interface Deployment {
  readonly folder: string
  tessera(words: string, about?: { readonly env?: NodeJS.ProcessEnv; readonly input?: string }): Promise<Ran>
  /** A file below the folder. */
  file(name: string, content: string | Uint8Array): Promise<string>
  /** A process that goes on; its streams are piped. */
  spawned(
    words: readonly string[],
    env?: NodeJS.ProcessEnv,
  ): ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream }
  remove(): Promise<void>
}

const repository = resolve(import.meta.dirname, '..', '..')

/** `modules` are what a new database starts with. */
export async function deployment(env: NodeJS.ProcessEnv, modules: readonly string[] = ['ticket']): Promise<Deployment> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-cli-'))
  const file = async (name: string, content: string | Uint8Array) => {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), content)
    return join(folder, name)
  }
  await file('package.json', '{ "name": "trials", "version": "1.2.3", "type": "module" }')
  await file('config/tessera.ts', `export default { install: ${JSON.stringify(modules)} }`)
  await mkdir(join(folder, 'modules'))
  await mkdir(join(folder, 'addons'))
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'))
  for (const name of ['base', 'web', 'thread', 'partner', 'ticket'])
    await symlink(join(repository, 'modules', name), join(folder, 'modules', name))
  await symlink(join(repository, 'addons', 'spp'), join(folder, 'addons', 'spp'))

  const { PATH, HOME, USER, LANG } = process.env
  const base = { PATH, HOME, USER, LANG, NO_COLOR: '1', ...env }
  const start = (words: readonly string[], more: NodeJS.ProcessEnv = {}) =>
    spawn(process.execPath, [join(repository, 'core', 'cli', 'main.js'), ...words], {
      cwd: folder,
      env: { ...base, ...more },
      stdio: 'pipe',
    })
  return {
    folder,
    file,
    async tessera(words, { env: more, input = '' } = {}) {
      const child = start(split(words), more)
      // A command that does not read its input may be gone before we write it.
      child.stdin.on('error', () => undefined)
      child.stdin.end(input)
      const [out, err, code] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        new Promise<number | null>((done) => child.on('close', done)),
      ])
      return { code, out, err, json: () => JSON.parse(out) }
    },
    spawned: start,
    remove: () => rm(folder, { recursive: true }),
  }
}

/** Words as a shell splits them: spaces part them, double quotation marks keep them together. */
function split(words: string): string[] {
  return [...words.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
}
