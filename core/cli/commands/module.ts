/** `tessera module`: what there is, what is installed, what fits together. */
import type { Command } from 'commander'
import { BadRequest } from '../../errors.ts'
import type { InstalledModule } from '../../installation/state.ts'
import type { Composition } from '../../module/composition.ts'
import { overriddenBy } from '../../view/templates.ts'
import type { Cli } from '../cli.ts'
import { styled, table } from '../terminal.ts'
import { addModuleCatalog } from './module-catalog.ts'
import { addModuleCheck } from './module-check.ts'
import { addModuleNew } from './module-new.ts'
import { addOperations } from './operations.ts'

export function addModule(program: Command, cli: Cli): void {
  const module = program.command('module').description('see, check and install modules')
  module
    .command('list')
    .description('list the modules and whether they are installed')
    .action(() => list(cli))
  module
    .command('info')
    .argument('[name]')
    .option('--view <view>', 'of a view such as ticket.form, which module put what there')
    .description('say what a module is and brings')
    .action((name: string | undefined, { view }: { view?: string }) => info(cli, name, view))
  module
    .command('graph')
    .description('print the modules in the order in which they are composed')
    .action(() => graph(cli))
  addOperations(module, cli)
  addModuleCatalog(module, cli)
  addModuleCheck(module, cli)
  addModuleNew(module, cli)
}

async function list(cli: Cli): Promise<void> {
  const { packagesOf } = await import('../installed.ts')
  const packages = await packagesOf(cli.root)
  const installed = await installedModules(cli)
  const rows = packages.map(({ name, version, kind, description }) => ({
    name,
    version,
    kind,
    installed: installed.has(name),
    state: installed.get(name)?.state ?? null,
    description,
  }))
  cli.terminal.answer(rows, () =>
    table(
      ['NAME', 'VERSION', 'KIND', 'INSTALLED', 'DESCRIPTION'],
      rows.map((row) => [row.name, row.version, row.kind, installedText(installed.get(row.name), row.version), row.description]),
    ),
  )
}

function installedText(found: InstalledModule | undefined, version: string): string {
  if (!found) return '-'
  return [found.state === 'enabled' ? 'yes' : 'disabled', ...(found.version === version ? [] : [`(${found.version})`])].join(' ')
}

/** Asked of the database alone; one that is new has what the configuration names once it is started. */
async function installedModules(cli: Cli): Promise<ReadonlyMap<string, InstalledModule>> {
  const { loadConfig } = await import('../../config/index.ts')
  const { openDatabase } = await import('../../database/index.ts')
  const { stateOf } = await import('../../installation/state.ts')
  const database = await openDatabase(loadConfig(cli.env, cli.root), 'guest')
  try {
    return new Map((await stateOf(database.url))?.modules.map((one) => [one.name, one]))
  } finally {
    await database.close()
  }
}

async function info(cli: Cli, name: string | undefined, view: string | undefined): Promise<void> {
  if (view !== undefined) return (await import('./module-view.ts')).viewInfo(cli, view)
  if (name === undefined) throw new BadRequest('cli.no_name', 'Name a module, or a view with --view ticket.form.')
  const { packagesOf, packageNamed } = await import('../installed.ts')
  const { compose } = await import('../../module/compose.ts')
  const { loadModules } = await import('../../module/load.ts')
  const packages = await packagesOf(cli.root)
  const found = packageNamed(packages, name)
  const composition = compose(await loadModules(packages, [name]))
  const brings = broughtBy(composition, name)
  const document = {
    name,
    version: found.version,
    kind: found.kind,
    description: found.description,
    folder: found.folder,
    needs: found.depends,
    brings,
  }
  cli.terminal.answer(document, () =>
    [
      `${styled('bold', name)} ${found.version} (${found.kind})`,
      ...(found.description ? [found.description] : []),
      `folder      ${found.folder}`,
      `needs       ${found.depends.join(', ') || 'nothing'}`,
      ...Object.entries(brings).flatMap(([what, names]) => (names.length > 0 ? [`${what.padEnd(10)}  ${names.join(', ')}`] : [])),
    ].join('\n'),
  )
}

function broughtBy(composition: Composition, name: string): Readonly<Record<string, readonly string[]>> {
  const mine = <T extends { readonly module: string }>(all: readonly T[]) => all.filter(({ module }) => module === name)
  const { models } = composition
  const declaration = composition.modules.find((one) => one.package.name === name)?.declaration
  return {
    models: mine(models.all).map((model) => model.name),
    fields: models.all
      .filter(({ module }) => module !== name)
      .flatMap((model) => mine([...model.fields.values()]).map((field) => `${model.name}.${field.name}`)),
    actions: models.all.flatMap((model) => mine(composition.actions(model)).map((action) => `${model.name}.${action.name}`)),
    roles: declaration?.roles.map((role) => role.name) ?? [],
    services: Object.keys(declaration?.services ?? {}),
    overrides: Object.keys(declaration?.overrides ?? {}),
    templates: overriddenBy(composition, name),
    routes: [...mine(composition.routes), ...mine(composition.pages)].map(({ at }) => at),
    commands: mine(composition.commands).map((command) => command.name),
    jobs: mine(composition.jobs).map((job) => job.name),
  }
}

async function graph(cli: Cli): Promise<void> {
  const { packagesOf } = await import('../installed.ts')
  const { moduleGraph, moduleGraphText } = await import('../../module/graph.ts')
  const packages = await packagesOf(cli.root)
  cli.terminal.answer(moduleGraph(packages), () => moduleGraphText(packages))
}
