/** `tessera module plan|install|upgrade|disable|enable|uninstall|purge|sync` and `tessera bootstrap`. */
import { type Command, Option } from 'commander'
import { BadRequest, nearest } from '../../errors.ts'
import type { Operation, Plan, Verb } from '../../installation/plan.ts'
import type { OperationAbout } from '../../operation/index.ts'
import type { Cli } from '../cli.ts'
import { Ended } from '../failure.ts'
import { planText } from '../plan-text.ts'
import { confirmed, typed } from '../prompts.ts'
import { count } from '../terminal.ts'

export interface Options {
  readonly dryRun?: boolean
  readonly withDependants?: boolean
  readonly replace?: readonly string[]
  /** Of the plan that somebody has agreed to elsewhere. */
  readonly digest?: string
  /** The user on whose behalf it runs. */
  readonly actor?: string
  /** Of the row in which whoever asked for it follows how far it is. */
  readonly id?: string
  readonly sql?: boolean
  /** Absent where the command has no such option. */
  readonly backup?: boolean
}

export function addOperations(module: Command, cli: Cli): void {
  leaving(
    module
      .command('plan')
      .argument('<verb>', verbs.join(', '))
      .argument('[names...]')
      .description('say what would happen, and change nothing')
      .option('--sql', 'the statements too'),
  ).action((verb: string, names: string[], options: Options) => plan(cli, operationOf(verb, names, options), options))

  const operation = (verb: Verb, names: '<names...>' | '[names...]' | '', description: string): Command => {
    const command = operationOptions(module.command(verb).description(description))
    if (names !== '') command.argument(names)
    return command.action((...given: unknown[]) => {
      const [asked, options] = names === '' ? [[], given[0]] : [given[0], given[1]]
      return operate(cli, operationOf(verb, asked as string[], options as Options), options as Options)
    })
  }
  operation('install', '<names...>', 'add modules, with all that they need')
  operation('upgrade', '[names...]', 'bring modules to the version on disk').option('--no-backup', 'make no backup first')
  operation('enable', '<names...>', 'let disabled modules take part again')
  leaving(operation('disable', '<names...>', 'take modules out of everything, and keep what they hold'))
  leaving(operation('uninstall', '<names...>', 'remove modules and what they hold; an archive of it is written first')).option(
    '--backup',
    'make a backup of everything first',
  )
  operation('purge', '', 'drop what earlier versions of modules left behind')
  operationOptions(module.command('sync'))
    .description('install what config/tessera.ts names and this database has not, and bring the rest to the version on disk')
    .option('--no-backup', 'make no backup before an upgrade')
    .action((options: Options) => sync(cli, options))
}

/** What every operation takes. */
export function operationOptions(command: Command): Command {
  return command
    .option('--dry-run', 'only say what would be done')
    .option('--digest <digest>', 'only if this is still the plan')
    .option('--actor <id>', 'the user on whose behalf it is done')
    .addOption(new Option('--id <id>').hideHelp())
}

const verbs = ['install', 'upgrade', 'disable', 'enable', 'uninstall', 'purge'] as const satisfies readonly Verb[]

function leaving(command: Command): Command {
  return command
    .option('--with-dependants', 'modules that need these leave too')
    .option('--replace <key=other...>', 'what takes the place of a shipped record that is still used')
}

function operationOf(verb: string, names: readonly string[], { withDependants, replace = [] }: Options): Operation {
  const found = verbs.find((each) => each === verb)
  if (!found) {
    const near = nearest(verb, verbs)
    throw new BadRequest(
      'cli.no_verb',
      'Nothing can be planned by "{verb}".',
      { verb },
      { hint: `Did you mean ${near ?? verbs.join(', ')}?` },
    )
  }
  const pairs = replace.map((pair) => pair.split('='))
  const wrong = pairs.find(([key, by, more]) => !key || !by || more !== undefined)
  if (wrong) throw new BadRequest('cli.no_pair', '"{pair}" is no pair like old=new.', { pair: wrong.join('=') })
  return {
    verb: found,
    names,
    ...(withDependants && { dependants: true }),
    ...(pairs.length > 0 && { replace: Object.fromEntries(pairs as [string, string][]) }),
  }
}

async function plan(cli: Cli, operation: Operation, { sql = false }: Options): Promise<void> {
  const { planOperation } = await import('../../operation/index.ts')
  const { isEmpty } = await import('../../installation/planning.ts')
  const made = await planOperation(await aboutOf(cli), operation)
  cli.terminal.answer(made, () => (isEmpty(made) && made.refusals.length === 0 ? nothing(operation) : planText(made, { sql })))
  if (made.refusals.length > 0) throw new Ended(6)
}

/** Plans, asks where it must, and does it. */
export async function operate(cli: Cli, operation: Operation, options: Options): Promise<void> {
  if (options.dryRun) return plan(cli, operation, options)
  const { carryOut } = await import('../../operation/index.ts')
  const { terminal } = cli
  const isAsked = !terminal.flags.yes && options.digest === undefined
  // Dozens of steps within a second: of interest only to somebody who waits for a long one.
  const bar = terminal.isAsked ? terminal.progress('Step') : () => undefined
  const {
    plan: made,
    done,
    backup,
    archive,
  } = await carryOut(await aboutOf(cli, options), operation, {
    ...(options.digest !== undefined && { digest: options.digest }),
    ...(isAsked && { agreed: (about: Plan) => agreed(cli, about) }),
    backup: options.backup === false ? 'never' : options.backup && operation.verb !== 'upgrade' ? 'always' : 'upgrade',
    progress: async (step, steps) => bar(step, steps),
  })
  terminal.answer({ done, backup: backup ?? null, archive: archive ?? null, ...made }, () => (done ? doneText(made) : nothing(operation)))
  if (backup) terminal.say(`The backup from before is ${backup}.`)
  if (archive) terminal.say(`What it held is in ${archive}.`)
  if (done) terminal.say('Servers that are running follow by themselves.')
}

/** What destroys nothing asks only where somebody sits, or where nobody may be asked at all. */
async function agreed({ terminal }: Cli, made: Plan): Promise<boolean> {
  const { operation, loses } = made
  const isDestructive = ['uninstall', 'purge'].includes(operation.verb) || isRemoved(operation)
  if (!isDestructive && !terminal.isAsked && terminal.flags.input) return true
  terminal.error(planText(made))
  const lost = loses.rows + loses.values > 0
  if (isDestructive && lost) await typed(terminal, operation.names.join(' ') || operation.verb)
  else
    await confirmed(
      terminal,
      `${isRemoved(operation) ? 'Remove' : verbText[operation.verb]} ${operation.names.join(', ')}?`.replace(' ?', '?'),
    )
  return true
}

function isRemoved({ field }: Operation): boolean {
  return field !== undefined && 'remove' in field
}

const verbText: Readonly<Record<Verb, string>> = {
  install: 'Install',
  upgrade: 'Upgrade',
  disable: 'Disable',
  enable: 'Enable',
  uninstall: 'Uninstall',
  purge: 'Purge',
  field: 'Define',
}

function nothing({ verb, names }: Operation): string {
  if (verb === 'upgrade') return 'Nothing to do: the modules of this database are those on disk.'
  if (verb === 'purge') return 'Nothing to do: nothing was left behind.'
  if (verb === 'field') return `Nothing to do: ${names.join(', ')} is as it should be.`
  if (names.length === 0) return 'Nothing to do: the database has what config/tessera.ts wants.'
  const state = { install: 'installed', enable: 'enabled', disable: 'disabled', uninstall: 'uninstalled' }[verb]
  return `Nothing to do: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} ${state}.`
}

function doneText({ modules, schema, operation }: Plan): string {
  const changed = modules.filter(({ becomes }) => becomes !== 'unchanged').map(({ name }) => name)
  const past = {
    install: 'Installed',
    upgrade: 'Upgraded',
    disable: 'Disabled',
    enable: 'Enabled',
    uninstall: 'Uninstalled',
    purge: 'Purged',
    field: isRemoved(operation) ? 'Removed' : 'Defined',
  }
  return `${past[operation.verb]} ${(operation.field ? operation.names : changed).join(', ') || 'what was left behind'} (${count(schema.length, 'change')} of the schema).`
}

/** Brings the database to what the configuration wants; says what it has besides, and leaves that alone. */
export async function sync(cli: Cli, options: Options): Promise<void> {
  const { loadConfig, loadDeployment } = await import('../../config/index.ts')
  const { openDatabase } = await import('../../database/index.ts')
  const { stateOf } = await import('../../installation/state.ts')
  const { install } = await loadDeployment(cli.root)
  const database = await openDatabase(loadConfig(cli.env, cli.root), 'guest')
  try {
    const has = new Map((await stateOf(database.url))?.modules.map(({ name, state }) => [name, state]))
    const disabled = install.filter((name) => has.get(name) === 'disabled')
    if (disabled.length > 0)
      cli.terminal.say(`Disabled here, and left so: ${disabled.join(', ')}. tessera module enable lets them take part.`)
    // Commander says true for a `--no-backup` that was not given: then only an upgrade is worth a backup.
    const { backup, ...others } = options
    const names = install.filter((name) => !has.has(name))
    await operate(cli, { verb: 'install', names }, { ...others, ...(backup === false && { backup }) })
  } finally {
    await database.close()
  }
}

async function aboutOf({ root, env, terminal }: Cli, { actor, id }: Pick<Options, 'actor' | 'id'> = {}): Promise<OperationAbout> {
  const { openLog } = await import('../../config/log.ts')
  const { versionOf } = await import('../../boot.ts')
  return { root, env, log: openLog(terminal.flags.quiet ? 'error' : 'warn'), version: versionOf(root), actor, id }
}
