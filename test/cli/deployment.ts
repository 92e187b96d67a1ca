/** A deployment of its own for stories of the command line: the repository's modules, an addon for trials, and real processes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { lstatSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { openShell, type Said, type Shell } from './shell.ts'

export interface Ran extends Said {
  /** stdout as one JSON document. */
  // biome-ignore lint/suspicious/noExplicitAny: a story reads whatever document it was answered.
  json(): any
}
export interface Deployment {
  readonly folder: string
  /** Runs a command to its end, where nothing says otherwise in the process that ran the one before: see shell.ts. */
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
  let shell: Shell | undefined
  /** What `codeIn` said when it was opened. */
  let loaded: string | undefined
  return {
    folder,
    file,
    async tessera(words, { env: more, input } = {}) {
      const asked = split(words)
      // Servers take over the process.
      const goesOn = ['start', 'dev', undefined].includes(asked[0])
      if (more || input !== undefined || goesOn || shell?.isBusy) return ran(await ended(start(asked, more), input))
      const code = codeIn(folder)
      if (!shell?.isOpen || loaded !== code) {
        shell?.close()
        shell = openShell(folder, base)
        loaded = code
      }
      return ran(await shell.run(asked))
    },
    spawned: start,
    async remove() {
      shell?.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** What a process of its own says until it ends. */
async function ended(child: ReturnType<Deployment['spawned']>, input = ''): Promise<Said> {
  // A command that does not read its input may be gone before we write it.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(input)
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => child.on('close', done)),
  ])
  return { code, out, err }
}

const ran = (said: Said): Ran => ({ ...said, json: () => JSON.parse(said.out) })

/** Which code a process that starts now would load, of that which a story may change. */
function codeIn(folder: string): string {
  const look = (path: string): string => {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (!found?.isDirectory()) return found ? `${path} ${found.ino} ${found.mtimeMs} ${found.size}` : ''
    return readdirSync(path)
      .map((name) => look(join(path, name)))
      .join('\n')
  }
  return ['addons', 'config', 'modules', 'node_modules', 'package.json'].map((name) => look(join(folder, name))).join('\n')
}

/** Words as a shell splits them: spaces part them, double quotation marks keep them together. */
function split(words: string): string[] {
  return [...words.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
}
