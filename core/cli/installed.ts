/** What could be installed: the packages of the deployment, and all of them composed. */
import { loadDeployment } from '../config/index.ts'
import { nearest, UserError } from '../errors.ts'
import { compose } from '../module/compose.ts'
import type { Composition, Package } from '../module/composition.ts'
import { discover } from '../module/discover.ts'
import { loadModules } from '../module/load.ts'

/** All packages that the deployment has. */
export async function packagesOf(root: string): Promise<readonly Package[]> {
  return discover(root, (await loadDeployment(root)).packages ?? [])
}

/** Every module that the deployment has, installed or not. Throws a BootFailure with all that is wrong. */
export async function everyModule(root: string): Promise<Composition> {
  const packages = await packagesOf(root)
  return compose(
    await loadModules(
      packages,
      packages.map(({ name }) => name),
    ),
  )
}

/** Throws with a near match. */
export function packageNamed(packages: readonly Package[], name: string): Package {
  const found = packages.find((one) => one.name === name)
  if (found) return found
  const near = nearest(
    name,
    packages.map((one) => one.name),
  )
  throw new UserError(
    'cli.no_module',
    'There is no module "{name}" in modules/, in addons/ or among the packages of config/tessera.ts.',
    { name },
    {
      hint: near ? `Did you mean "${near}"?` : 'tessera module list shows what there is.',
    },
  )
}
