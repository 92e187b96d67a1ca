/** What the files of a module import, read from their text: nothing is run, and type imports count too. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

export interface Imported {
  /** `@tessera/partner`, `zod`, `./close.ts`. */
  readonly specifier: string
  /** Absolute. */
  readonly file: string
}

/** The imports of a module's own files. Left out are tests, and the files that its entry imports dynamically: these are its extras. */
export function importsOf(folder: string, entry?: string): readonly Imported[] {
  const files = sourcesIn(folder)
  const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8').replace(commentLine, '')]))
  const extras = new Set<string>()
  for (const name of entry === undefined ? ['index.ts', 'index.js'] : [entry]) {
    const index = join(folder, name)
    for (const [, specifier] of (texts.get(index) ?? '').matchAll(dynamicImport)) extras.add(resolve(dirname(index), specifier!))
  }
  return [...texts]
    .filter(([file]) => !extras.has(file))
    .flatMap(([file, text]) => [...text.matchAll(anyImport)].map((match) => ({ specifier: match[1]!, file })))
}

/** The package of a bare specifier: `@tessera/partner/labels.ts` belongs to `@tessera/partner`. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** True for a relative import that leads out of the module's folder. */
export function leavesFolder({ specifier, file }: Imported, folder: string): boolean {
  return specifier.startsWith('.') && relative(folder, resolve(dirname(file), specifier)).split(sep)[0] === '..'
}

const commentLine = /^\s*(?:\/\/|\/?\*).*$/gm
const dynamicImport = /\bimport\(\s*['"](\.[^'"\n]+)['"]/g
const anyImport = /\b(?:from|import|import\s*\(|declare\s+module)\s*['"]([^'"\n]+)['"]/g

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourcesIn(path)
    return /(?<!\.test|\.d)\.[jt]s$/.test(entry.name) ? [path] : []
  })
}
