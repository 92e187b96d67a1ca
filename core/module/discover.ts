/** Finding modules by their package.json, before anything of them runs. */
import { existsSync } from 'node:fs'
import { readdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { BootFailure, type BootProblem } from '../errors.ts'
import type { Package } from './composition.ts'

/**
 * The packages in `<root>/modules`, `<root>/addons` and, of `packages`, in `<root>/node_modules`, by name. Nothing is
 * imported. Throws a BootFailure with every package.json that is broken and every name that two packages have.
 */
export async function discover(root: string, packages: readonly string[]): Promise<readonly Package[]> {
  const problems: BootProblem[] = []
  const folders = [
    ...(await foldersOf(join(root, 'modules'), 'module')),
    ...(await foldersOf(join(root, 'addons'), 'addon')),
    ...npmFolders(root, packages, problems),
  ]
  const manifests: Found[] = []
  const seen = new Set<string>()
  for (const { folder, kind } of folders) {
    // npm links workspaces: the same folder may be found twice.
    const real = await realpath(folder)
    if (seen.has(real)) continue
    seen.add(real)
    const manifest = await readManifest(real, problems)
    if (manifest) manifests.push({ folder: real, kind, manifest })
  }
  const found = packagesOf(manifests, problems)
  if (problems.length > 0) throw new BootFailure(problems)
  return found
}

/** `@tessera/ticket` is the module `ticket`; a package of another scope keeps its name. */
export function moduleNameOf(packageName: string): string {
  return packageName.startsWith(scope) ? packageName.slice(scope.length) : packageName
}

const scope = '@tessera/'
const core = '@tessera/core'

interface Folder {
  readonly folder: string
  readonly kind: Package['kind']
}
interface Found extends Folder {
  readonly manifest: Manifest
}

const language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/)
const title = z.string().min(1).max(60)

const shape = z.object({
  name: z.string().min(1),
  version: z.string().default('0.0.0'),
  description: z.string().default(''),
  dependencies: z.record(z.string(), z.string()).default({}),
  // A published addon must not bring a core and a ticket of its own.
  peerDependencies: z.record(z.string(), z.string()).default({}),
  exports: z.unknown().optional(),
  author: z.union([z.string(), z.object({ name: z.string() })]).optional(),
  tessera: z
    .object({
      kind: z.enum(['module', 'addon']).optional(),
      title: z
        .union([title, z.record(language, title)])
        .transform((given) => (typeof given === 'string' ? { en: given } : given))
        .refine((texts) => texts.en !== undefined, 'it has no "en"')
        .optional(),
      summary: z.record(language, z.string().min(1).max(300)).optional(),
      icon: z
        .string()
        .regex(/^[a-z0-9-]+$/)
        .optional(),
      demo: z.array(z.string()).optional(),
    })
    .default({}),
})
type Manifest = z.infer<typeof shape>

async function foldersOf(parent: string, kind: Package['kind']): Promise<Folder[]> {
  if (!existsSync(parent)) return []
  const names = (await readdir(parent)).sort()
  // A folder without package.json is no module: what is left of one after a change of branch.
  return names.map((name) => ({ folder: join(parent, name), kind })).filter(({ folder }) => existsSync(join(folder, 'package.json')))
}

function npmFolders(root: string, packages: readonly string[], problems: BootProblem[]): Folder[] {
  return packages.flatMap((name) => {
    const folder = join(root, 'node_modules', name)
    if (existsSync(join(folder, 'package.json'))) return [{ folder, kind: 'addon' as const }]
    problems.push({
      code: 'module.missing_package',
      module: moduleNameOf(name),
      sentence: `config/tessera.ts names the package "${name}", which is not in node_modules.`,
      hint: `Run: npm install ${name}`,
    })
    return []
  })
}

async function readManifest(folder: string, problems: BootProblem[]): Promise<Manifest | undefined> {
  const file = join(folder, 'package.json')
  const broken = (what: string) => {
    problems.push({ code: 'module.broken_package', module: folder, sentence: `The package.json ${what}.`, file })
  }
  try {
    const parsed = shape.safeParse(JSON.parse(await readFile(file, 'utf8')))
    if (parsed.success) return parsed.data
    broken(parsed.error.issues.map(({ path, message }) => `has a wrong "${path.join('.')}": ${message}`).join(', and '))
  } catch (error) {
    broken(`cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  return undefined
}

function packagesOf(found: readonly Found[], problems: BootProblem[]): Package[] {
  const names = new Set(found.map(({ manifest }) => manifest.name))
  const byName = new Map<string, Package>()
  for (const { folder, kind, manifest } of found) {
    const name = moduleNameOf(manifest.name)
    const other = byName.get(name)
    if (other) {
      problems.push({
        code: 'module.duplicate',
        module: name,
        sentence: `Two packages have the name "${manifest.name}": ${other.folder} and ${folder}.`,
        hint: 'Rename one of them, or remove it.',
        file: join(folder, 'package.json'),
      })
      continue
    }
    const entry = entryOf(manifest.exports)
    const { title, summary, icon, demo } = manifest.tessera
    const author = authorOf(manifest)
    byName.set(name, {
      name,
      version: manifest.version,
      description: manifest.description,
      ...(title !== undefined && { title }),
      ...(summary !== undefined && { summary }),
      ...(author !== undefined && { author }),
      ...(icon !== undefined && { icon }),
      ...(demo && { demo }),
      folder,
      kind: manifest.tessera.kind ?? kind,
      ...(entry !== undefined && { entry }),
      depends: Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
        .filter((dependency) => dependency !== core && (dependency.startsWith(scope) || names.has(dependency)))
        .map(moduleNameOf)
        .sort(),
    })
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Without an address: `Ada <ada@example.org>` is Ada. */
function authorOf({ author }: Manifest): string | undefined {
  const said = typeof author === 'string' ? author : author?.name
  return said?.replace(/\s*[<(].*$/, '').trim() || undefined
}

/** What `import '@acme/mail'` would load: `exports` as a path, or with conditions under ".". */
function entryOf(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports
  if (typeof exports !== 'object' || exports === null) return undefined
  const { '.': main, import: esm, default: fallback } = exports as Readonly<Record<string, unknown>>
  return entryOf(main ?? esm ?? fallback)
}
