/** `config/tessera.ts`: what this deployment is made of. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { nearest, SetupError } from '../errors.ts'

/** The default export of `config/tessera.ts`. */
export interface Deployment {
  /** Names of the modules to install; what they depend on comes with them. */
  readonly install: readonly string[]
  /** npm packages that are modules, besides those in `modules/` and `addons/`. */
  readonly packages?: readonly string[] | undefined
}

/** Reads `<root>/config/tessera.ts`. Throws a SetupError (exit code 3) when it is missing, does not load, or has another shape. */
export async function loadDeployment(root: string): Promise<Deployment> {
  const file = join(root, 'config', 'tessera.ts')
  if (!existsSync(file)) throw new SetupError(3, `There is no ${file}, which says what to install.`, { hint: `Write it: ${example}` })
  const parsed = shape.safeParse(await load(file))
  if (parsed.success) return Object.freeze(parsed.data)
  throw new SetupError(3, parsed.error.issues.map((issue) => `${file}: ${explain(issue)}`).join('\n'), { hint: `For example: ${example}` })
}

const example = `export default { install: ['ticket'] }`

const listOfNames = z.array(z.string().min(1, 'has an empty name'), 'must be a list of names').readonly()
const shape = z.strictObject({ install: listOfNames, packages: listOfNames.optional() }, 'its default export must be an object')

async function load(file: string): Promise<unknown> {
  try {
    const loaded: { default?: unknown } = await import(pathToFileURL(file).href)
    return loaded.default
  } catch (cause) {
    throw new SetupError(3, `${file} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

function explain(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(unknown).join(' ')
  return issue.path.length === 0 ? `${issue.message}.` : `"${issue.path[0]?.toString()}" ${issue.message}.`
}

function unknown(key: string): string {
  const meant = nearest(key, Object.keys(shape.shape))
  return `"${key}" is not known${meant ? `; did you mean "${meant}"?` : '.'}`
}
