/** The direction of imports, read from the files: what docs/architecture.md draws is what the code does. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

/** Rooms from the bottom up; a room may import what stands before it, and rooms of one row may not import each other. */
const floors: readonly (readonly string[])[] = [
  ['errors.ts'],
  ['model', 'config'],
  ['action', 'access', 'database'],
  ['check'],
  ['view', 'texts'],
  ['module'],
  ['records'],
  ['service', 'installation'],
  ['jobs', 'http', 'importing', 'house-rules.ts'],
  ['backup'],
  ['app.ts'],
  ['boot.ts', 'operation'],
  ['cli', 'testing'],
]
/** The door for modules, re-exporting from wherever a thing is. */
const door = 'index.ts'

interface Import {
  readonly file: string
  readonly to: string
}

/** What a file imports to run; `import type` is for the compiler alone and may look up. */
function importsOf(file: string): readonly Import[] {
  const text = readFileSync(file, 'utf8')
  const found = [...text.matchAll(/^\s*(?:import|export)\b(?! type\b)[^'"]*?from '([^']+)'/gm), ...text.matchAll(/\bimport\('([^']+)'\)/g)]
  return found.map(([, to = '']) => ({ file, to }))
}
const sources = (pattern: string): readonly string[] => globSync(pattern).filter((file) => !file.endsWith('.test.ts'))

describe('core', () => {
  test('imports only downwards', () => {
    const floorOf = new Map(floors.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)))
    const roomOf = (path: string): string => relative('core', path).split('/')[0]!
    const wrong = sources('core/**/*.ts').flatMap((file) => {
      const room = roomOf(file)
      if (room === door) return []
      return importsOf(file)
        .filter(({ to }) => to.startsWith('.'))
        .map(({ to }) => ({ file, room, into: roomOf(resolve(dirname(file), to)) }))
        .filter(({ room, into }) => into !== room && (floorOf.get(into) ?? Number.POSITIVE_INFINITY) >= (floorOf.get(room) ?? -1))
        .map(({ file, into }) => `${file} imports ${into}`)
    })
    expect(wrong).toEqual([])
  })

  test('knows no module, nor do its tests', () => {
    const isModule = (to: string) => (to.startsWith('@tessera/') && !/^@tessera\/core(\/|$)/.test(to)) || /\/(modules|addons)\//.test(to)
    const wrong = globSync('core/**/*.ts').flatMap((file) =>
      importsOf(file)
        .filter(({ to }) => isModule(to) || (to.startsWith('@tessera/') && !file.endsWith('.test.ts')))
        .map(({ to }) => `${file} imports ${to}`),
    )
    expect(wrong).toEqual([])
  })
})

describe('a module', () => {
  test('comes into core by its door only', () => {
    const wrong = [...sources('modules/**/*.ts'), ...sources('addons/**/*.ts')].flatMap((file) =>
      importsOf(file)
        // A visitor is who walks through the pages in tests.
        .filter(({ to }) => /(^|\/)core\//.test(to) && !(to === '@tessera/core/testing' && file.endsWith('/visitor.ts')))
        .map(({ to }) => `${file} imports ${to}`),
    )
    expect(wrong).toEqual([])
  })
})

describe('core and modules', () => {
  test("name nothing of an addon's domain", () => {
    const words = /\b(spp|registrant|dealer|vehicle)\b/i
    const files = globSync('{core,modules}/**/*.{ts,js,hbs,json,mjml}').filter(
      (file) => !file.includes('node_modules') && !file.includes('/demo/'),
    )
    expect(files.filter((file) => words.test(readFileSync(file, 'utf8')))).toEqual([])
  })
})
