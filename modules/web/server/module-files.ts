import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Composition, Request } from '@tessera/core'

/** What the folders of other modules hold for browsers. */
export interface ModuleFiles {
  readonly styles: readonly string[]
  /** By "<module>/<file>". */
  readonly scripts: ReadonlyMap<string, string>
  /** Icons that their templates name. */
  readonly icons: readonly string[]
}

/** `styles/*.css`, `client/*.js` and the icons in the templates of each installed module, also in those that take another's place. */
export function filesOf({ modules, templates }: Composition): ModuleFiles {
  const others = modules.filter(({ declaration }) => declaration.name !== 'web')
  const read = (folder: string, kind: string) =>
    others.flatMap(({ declaration, package: { folder: home } }) =>
      filesIn(join(home, folder), kind).map((file) => ({
        name: `${declaration.name}/${file}`,
        text: readFileSync(join(home, folder, file), 'utf8'),
      })),
    )
  return {
    styles: read('styles', '.css').map(({ text }) => text),
    scripts: new Map(read('client', '.js').map(({ name, text }) => [name, text])),
    icons: templates
      .flatMap(({ layers }) => layers.filter(({ module }) => module !== 'web'))
      .flatMap(({ file }) => [...readFileSync(file, 'utf8').matchAll(/\bicon '([a-z0-9.-]+)'/g)].map(([, name = '']) => name)),
  }
}

/** The module whose page was asked for. */
export function moduleAt({ pages }: Composition, { method, path }: Request): string | undefined {
  return pages.find(({ at }) => serves(at, `${method} ${path}`))?.module
}

/** Of a module's page only: a path whose first part is a placeholder is that of any model. */
function serves(at: string, asked: string): boolean {
  const [wanted, given] = [at.split('/'), asked.split('/')]
  return (
    wanted.length === given.length && !wanted[1]?.startsWith(':') && wanted.every((step, i) => step.startsWith(':') || step === given[i])
  )
}

function filesIn(folder: string, kind: string): readonly string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(kind))
        .sort()
    : []
}
