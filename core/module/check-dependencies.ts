/** Do package.json, `depends` and the imports of each module say the same? */
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { BootProblem } from '../errors.ts'
import type { LoadedModule, Package } from './composition.ts'
import { moduleNameOf } from './discover.ts'
import { type Imported, importsOf, leavesFolder, packageOf } from './imports.ts'

/** One problem for each dependency about which the three disagree, and for each import out of a module's folder. */
export function checkDependencies(loaded: readonly LoadedModule[]): readonly BootProblem[] {
  const known = new Set(loaded.map(({ declaration }) => declaration.name))
  return loaded.flatMap((one) => {
    const { folder, entry } = one.package
    const imports = folder !== '' && existsSync(folder) ? importsOf(folder, entry) : undefined
    return [...disagreements(one, imports, known), ...escapes(one.package, imports ?? [])]
  })
}

/** `imports` is undefined for a declaration without files: what it depends on, it has imported. */
function disagreements(
  { package: found, declaration }: LoadedModule,
  imports: readonly Imported[] | undefined,
  known: ReadonlySet<string>,
): BootProblem[] {
  const imported = modulesAmong(imports ?? [], found.name, known)
  const declared = new Set(declaration.depends.map(({ name }) => name))
  const packaged = new Set(found.depends)
  return [...new Set([...declared, ...packaged, ...imported.keys()])].sort().flatMap((name) => {
    const answers: [Place, boolean][] = [
      ['package.json', packaged.has(name)],
      ['depends', declared.has(name)],
    ]
    if (imports) answers.push(['the imports', imported.has(name)])
    const yes = answers.filter(([, answer]) => answer).map(([place]) => place)
    const no = answers.filter(([, answer]) => !answer).map(([place]) => place)
    if (no.length === 0) return []
    return {
      code: 'module.undeclared_dependency',
      module: found.name,
      sentence: `"${found.name}" needs "${name}" according to ${yes.join(' and ')}, but not according to ${no.join(' and ')}.`,
      hint: `${no.map((place) => remedies[place]).join(' ')} If it is not needed, take it out of ${yes.join(' and ')}.`,
      file: imports && join(found.folder, no.includes('package.json') || !no.includes('depends') ? 'package.json' : 'index.ts'),
    }
  })
}

type Place = 'package.json' | 'depends' | 'the imports'
const remedies: Readonly<Record<Place, string>> = {
  'package.json': 'Add its package to the dependencies in package.json.',
  depends: 'Add it to depends in index.ts.',
  'the imports': 'Import it in index.ts.',
}

function escapes({ name, folder }: Package, imports: readonly Imported[]): BootProblem[] {
  return imports
    .filter((one) => leavesFolder(one, folder))
    .map(({ specifier, file }) => ({
      code: 'module.relative_import',
      module: name,
      sentence: `"${name}" imports "${specifier}" in ${relative(folder, file)}, which lies outside of its folder.`,
      hint: 'Import other modules by the name of their package, and core as "@tessera/core".',
      file,
    }))
}

/** Modules that are imported, each with the first file that does. */
function modulesAmong(imports: readonly Imported[], own: string, known: ReadonlySet<string>): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const { specifier, file } of imports) {
    const from = packageOf(specifier)
    const name = moduleNameOf(from)
    const isModule = from.startsWith('@tessera/') || known.has(name)
    if (isModule && name !== 'core' && name !== own && !files.has(name)) files.set(name, file)
  }
  return files
}
