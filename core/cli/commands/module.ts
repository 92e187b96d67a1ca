/** `tessera module`: what there is, what is installed, what fits together. */
import type { Command } from 'commander'
import type { App } from '../../app.ts'
import { BootFailure, nearest, UserError } from '../../errors.ts'
import type { Composition, Package } from '../../module/composition.ts'
import { auditOf } from '../audit.ts'
import { type Cli, servicesOf, withApp } from '../cli.ts'
import { Ended } from '../failure.ts'
import { count, styled, table } from '../terminal.ts'

export function addModule(program: Command, cli: Cli): void {
  const module = program.command('module').description('see, check and install modules')
  module
    .command('list')
    .description('list the modules and whether they are installed')
    .action(() => list(cli))
  module
    .command('info')
    .argument('<name>')
    .description('say what a module is and brings')
    .action((name: string) => info(cli, name))
  module
    .command('graph')
    .description('print the modules in the order in which they are composed')
    .action(() => graph(cli))
  module
    .command('install')
    .argument('<names...>')
    .description('add modules, with all that they need')
    .option('--dry-run', 'only say what would be done')
    .action((names: string[], { dryRun = false }: { dryRun?: boolean }) => install(cli, names, dryRun))
  module
    .command('check')
    .description('check all modules, installed or not')
    .action(() => check(cli))
}

async function list(cli: Cli): Promise<void> {
  const { packagesOf } = await import('../installed.ts')
  const packages = await packagesOf(cli.root)
  const installed = await installedNames(cli)
  const rows = packages.map(({ name, version, kind, description }) => ({
    name,
    version,
    kind,
    installed: installed.has(name),
    description,
  }))
  cli.terminal.answer(rows, () =>
    table(
      ['NAME', 'VERSION', 'KIND', 'INSTALLED', 'DESCRIPTION'],
      rows.map((row) => [row.name, row.version, row.kind, row.installed ? 'yes' : '-', row.description]),
    ),
  )
}

/** Asked of the database alone; one that is new has what the configuration names once it is started. */
async function installedNames(cli: Cli): Promise<ReadonlySet<string>> {
  const { loadConfig } = await import('../../config/index.ts')
  const { openDatabase } = await import('../../database/index.ts')
  const { installedModules } = await import('../../installation/install.ts')
  const database = await openDatabase(loadConfig(cli.env, cli.root), 'guest')
  try {
    return new Set((await installedModules(database.url))?.map(({ name }) => name))
  } finally {
    await database.close()
  }
}

async function info(cli: Cli, name: string): Promise<void> {
  const { packagesOf } = await import('../installed.ts')
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

async function install(cli: Cli, names: readonly string[], dryRun: boolean): Promise<void> {
  const { packagesOf } = await import('../installed.ts')
  const packages = await packagesOf(cli.root)
  for (const name of names) packageNamed(packages, name)
  await withApp(
    cli,
    async ({ app, isNew }) => {
      const { schemaPlan } = await import('../schema.ts')
      const rows = isNew ? [] : await app.connection.run('select name from tessera_module')
      const before = new Set(rows.map(({ name }) => String(name)))
      const added = app.composition.modules.map((one) => one.package.name).filter((name) => !before.has(name))
      const statements = dryRun ? await schemaPlan(app) : await app.install()
      if (!dryRun && added.length > 0) {
        await tellServers(app)
        await auditOf(await servicesOf(app, 'cli'))?.note('module', { details: { change: 'installed', names: added } })
      }
      cli.terminal.answer({ installed: added, statements: statements.length, dryRun }, () => {
        if (added.length === 0) return `Nothing to do: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} installed.`
        const done = dryRun ? 'Would install' : 'Installed'
        const changes = added.map((name) => `  ${name}  ${bringsInWords(app.composition, name)}`.trimEnd())
        return [`${done} ${added.join(', ')} (${count(statements.length, 'change')} of the schema).`, ...changes].join('\n')
      })
      if (!dryRun && added.length > 0) cli.terminal.say('A server that is running keeps the modules it started with: restart it.')
    },
    { also: names, install: false },
  )
}

function bringsInWords(composition: Composition, name: string): string {
  const brings = Object.entries(broughtBy(composition, name)).filter(([, of]) => of.length > 0)
  return brings.map(([what, of]) => `${what}: ${of.join(', ')}`).join('; ')
}

async function tellServers(app: App): Promise<void> {
  const { announce } = await import('../../database/announcements.ts')
  const { inTransaction, newScope } = await import('../../records/transaction.ts')
  await inTransaction(app.connection, newScope(), (transaction) => announce(transaction, { kind: 'modules' }))
}

async function check(cli: Cli): Promise<void> {
  const { everyModule } = await import('../installed.ts')
  try {
    const composition = await everyModule(cli.root)
    const { notesOn } = await import('../notes.ts')
    const notes = notesOn(composition)
    const modules = composition.modules.length
    cli.terminal.answer({ modules, problems: [], notes }, () =>
      [
        `${count(modules, 'module')} fit together.`,
        ...notes.flatMap(({ module, sentence }) => ['', `${module}  note`, `  ${sentence}`]),
      ].join('\n'),
    )
  } catch (error) {
    if (!(error instanceof BootFailure)) throw error
    cli.terminal.answer(
      { problems: error.problems, notes: [] },
      () => `${error.message}\n\n${count(error.problems.length, 'problem')} found.`,
    )
    throw new Ended(5)
  }
}

function packageNamed(packages: readonly Package[], name: string): Package {
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
