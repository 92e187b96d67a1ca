/** A package from npm that brings a core or a module of its own: its models would be others than those of the deployment. */
import { createRequire } from 'node:module'
import { join, resolve, sep } from 'node:path'
import type { BootProblem } from '../errors.ts'
import type { Package } from './composition.ts'

/** One problem for each package below node_modules and each thing that it would load a second time. */
export function secondCopies(packages: readonly Package[]): readonly BootProblem[] {
  const folders = new Map([['core', core], ...packages.map(({ name, folder }) => [name, folder] as const)])
  return packages
    .filter(({ folder }) => folder.includes(`${sep}node_modules${sep}`))
    .flatMap((found) =>
      ['core', ...found.depends].flatMap((need) => {
        const loaded = loadedBy(found, need)
        if (loaded === undefined || loaded.startsWith(`${folders.get(need)}${sep}`)) return []
        return {
          code: 'module.second_copy',
          module: found.name,
          sentence: `"${found.name}" would load another "${need}" than everybody else: ${loaded}.`,
          hint: `Its package.json must name @tessera/${need} under peerDependencies, in a range that ours is in.`,
          file: join(found.folder, 'package.json'),
        }
      }),
    )
}

const core = resolve(import.meta.dirname, '..')

/** The file that an import from within the package leads to; undefined where nothing is found, which the import itself will say. */
function loadedBy({ folder }: Package, need: string): string | undefined {
  const { resolve } = createRequire(join(folder, 'package.json'))
  for (const specifier of [`@tessera/${need}`, need]) {
    try {
      return resolve(specifier)
    } catch {
      // The other name may be the right one.
    }
  }
  return undefined
}
