/** `tessera module new`: a module that passes its checks from its first minute. */
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Command } from 'commander'
import { UserError } from '../../errors.ts'
import type { Cli } from '../cli.ts'

interface Options {
  readonly extends?: string
  readonly in?: string
}

export function addModuleNew(module: Command, cli: Cli): void {
  module
    .command('new')
    .argument('<name>', 'such as bike-fleet; a module is a singular noun')
    .description('start a module: model, views, rules, test, texts, README')
    .option('--extends <model>', 'an addon to a model of another module')
    .option('--in <folder>', 'addons or modules (default: addons with --extends, else modules)')
    .action((name: string, options: Options) =>
      start(
        cli,
        name,
        options,
        (module.parent?.commands ?? []).map((each) => each.name()),
      ),
    )
}

async function start(cli: Cli, name: string, { extends: model, in: given }: Options, commands: readonly string[]): Promise<void> {
  const place = given ?? (model === undefined ? 'modules' : 'addons')
  const { namesOf, refuseTaken } = await import('../scaffold/names.ts')
  const { addonFiles, moduleFiles, write } = await import('../scaffold/scaffold.ts')
  const { targetNamed } = await import('../scaffold/target.ts')
  const { everyModule, packagesOf } = await import('../installed.ts')
  const names = namesOf(name)
  if (place !== 'addons' && place !== 'modules')
    throw new UserError('cli.module_place', 'A module lies in addons or in modules, not in "{place}".', { place })
  const folder = join(cli.root, place, name)
  const packages = await packagesOf(cli.root)
  refuseTaken(name, packages)
  if (existsSync(folder)) throw new UserError('cli.module_folder', 'The folder {folder} is there already.', { folder })
  const composition = await everyModule(cli.root)
  const about = { names, packages, kind: place === 'addons' ? ('addon' as const) : ('module' as const) }
  if (model === undefined) {
    // Actions of models are commands too: tessera MODEL ACTION.
    if (commands.includes(names.camel))
      throw new UserError('cli.module_name_command', 'There is a command "tessera {name}", so no model can have this name.', {
        name: names.camel,
      })
    const other = composition.models.byName(names.camel)
    if (other) {
      const hint = `tessera module new NAME --extends ${other.name} makes an addon to it.`
      throw new UserError(
        'cli.model_exists',
        'There is already a model "{model}", of "{module}".',
        { model: other.name, module: other.module },
        { hint },
      )
    }
  }
  const files = model === undefined ? await moduleFiles(about) : await addonFiles(about, await targetNamed(model, composition))
  await write(folder, files)
  const shown = relative(cli.root, folder)
  cli.terminal.answer({ name, kind: about.kind, folder, files: Object.keys(files) }, () =>
    [
      `Started ${shown}:`,
      ...Object.keys(files).map((file) => `  ${file}`),
      '',
      'What comes next:',
      '  npm install                                    once, so that the lock file knows it',
      `  npm run types && npx vitest run ${shown}`,
      `  tessera module check ${name}`,
      `  tessera module install ${name}`,
      'docs/guide/module-author.md explains each file.',
    ].join('\n'),
  )
}
