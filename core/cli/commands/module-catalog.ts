/** `tessera module catalog`: what every module of the deployment brings, for programs. One that is broken takes no other with it. */
import type { Command } from 'commander'
import type { Brought } from '../../installation/brought.ts'
import type { Package } from '../../module/composition.ts'
import type { Cli } from '../cli.ts'
import { failureSaid } from '../failure.ts'
import { packagesOf } from '../installed.ts'

/** `brings`, or the reason why that cannot be said. */
export interface Catalogued {
  readonly name: string
  readonly version: string
  readonly brings?: Brought
  readonly problem?: string
}

export function addModuleCatalog(module: Command, cli: Cli): void {
  module
    .command('catalog')
    .argument('[names...]', 'all of them unless told')
    .description('print what modules bring, installed or not, as JSON')
    .action((names: string[]) => catalog(cli, names))
}

async function catalog({ root, terminal }: Cli, names: readonly string[]): Promise<void> {
  const packages = await packagesOf(root)
  const wanted = names.length === 0 ? packages : packages.filter(({ name }) => names.includes(name))
  const found: Catalogued[] = []
  for (const { name, version } of wanted) found.push({ name, version, ...(await broughtAlone(packages, name)) })
  terminal.answer(found, () => JSON.stringify(found, null, 2))
}

/** With all that it needs and nothing else. */
async function broughtAlone(packages: readonly Package[], name: string): Promise<Pick<Catalogued, 'brings' | 'problem'>> {
  const { broughtBy } = await import('../../installation/brought.ts')
  const { compose } = await import('../../module/compose.ts')
  const { loadModules } = await import('../../module/load.ts')
  try {
    const brings = broughtBy(compose(await loadModules(packages, [name]))).get(name)
    return brings ? { brings } : {}
  } catch (error) {
    const { sentence, details = [] } = failureSaid(error)
    return { problem: [sentence, ...details].join('\n') }
  }
}
