/** Tells when a source file changes: of core, of the modules, of the deployment's configuration. */
import { type FSWatcher, watch } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { extname, join } from 'node:path'

/** Calls back once for what an editor, a checkout or a build writes together. Folders that come later are watched too. */
export async function watchSources(folders: readonly string[], onChange: (file: string) => void): Promise<{ close(): void }> {
  const watchers = new Map<string, FSWatcher>()
  let soon: NodeJS.Timeout | undefined
  let isClosed = false

  function changed(file: string): void {
    clearTimeout(soon)
    soon = setTimeout(onChange, quietMs, file)
  }

  /** A watcher for each folder: it sees files that are written anew, renamed into place and removed, on every system. */
  async function follow(folder: string, isNew: boolean): Promise<void> {
    const real = await realpath(folder).catch(() => undefined)
    if (real === undefined || watchers.has(real) || isClosed) return
    const entries = await readdir(real, { withFileTypes: true }).catch(() => undefined)
    if (!entries || watchers.has(real) || isClosed) return
    watchers.set(real, watchFolder(real))
    if (isNew && entries.some(({ name }) => isSource(name))) changed(real)
    await Promise.all(entries.map((entry) => (entry.isFile() || isOther(entry.name) ? undefined : follow(join(real, entry.name), isNew))))
  }

  function watchFolder(folder: string): FSWatcher {
    const gone = () => {
      watchers.get(folder)?.close()
      watchers.delete(folder)
    }
    return watch(folder, (_, name) => {
      if (name === null || isOther(name)) return
      if (isSource(name)) changed(join(folder, name))
      // It may be a folder that has just been made.
      else if (extname(name) === '') void follow(join(folder, name), true)
    }).on('error', gone)
  }

  await Promise.all(folders.map((folder) => follow(folder, false)))
  return {
    close() {
      isClosed = true
      clearTimeout(soon)
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}

/** An editor writes a file in several steps, a checkout many files. */
const quietMs = 60

const kinds: ReadonlySet<string> = new Set(['.ts', '.js', '.json', '.css', '.hbs', '.mjml', '.svg', '.html'])
const isSource = (name: string): boolean => kinds.has(extname(name)) && !isOther(name)
/** What no process loads: tests, what editors put beside a file, packages. */
const isOther = (name: string): boolean => name.startsWith('.') || name === 'node_modules' || /\.test\.[jt]s$|~$/.test(name)
