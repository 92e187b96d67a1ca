/** All commands: those of core, and those that the installed modules bring, which are only looked up when they are needed. */
import { Command, type OutputConfiguration } from 'commander'
import { BootFailure, nearest } from '../errors.ts'
import { type Cli, withApp } from './cli.ts'
import { addAccounts } from './commands/accounts.ts'
import { addBootstrap } from './commands/bootstrap.ts'
import { addDatabase } from './commands/database.ts'
import { addDeployment } from './commands/deployment.ts'
import { addField } from './commands/field.ts'
import { addImport } from './commands/import.ts'
import { addJob } from './commands/job.ts'
import { addModule } from './commands/module.ts'
import { addStart } from './commands/start.ts'

/** Runs what the words say. Opens the database first only when they name a command that core does not have. */
export async function runProgram(cli: Cli, words: readonly string[]): Promise<void> {
  const program = coreProgram(cli)
  const parse = () => completed(program).parseAsync(words.length === 0 ? ['start'] : [...words], { from: 'user' })
  if (!(await isOfModules(cli, program, words))) {
    await parse()
    return
  }
  const { addGenerated } = await import('./commands/generated.ts')
  await withApp(cli, async ({ app }) => {
    addGenerated(program, cli.terminal, app)
    await parse()
  })
}

function coreProgram(cli: Cli): Command {
  const program = new Command('tessera')
    .description('Tessera: a desk made of modules.')
    .usage('<command> [options]')
    .option('--json', 'print one JSON document on stdout')
    .option('--quiet', 'print nothing but the result and errors')
    .option('--yes', 'answer every question with yes')
    .option('--no-input', 'never ask anything')
    .hook('preAction', (_, command) => {
      const { json = false, quiet = false, yes = false, input = true } = command.optsWithGlobals<Partial<Cli['terminal']['flags']>>()
      cli.terminal.flags = { json, quiet, yes, input }
    })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', footnote)
  addStart(program, cli)
  addBootstrap(program, cli)
  addModule(program, cli)
  addField(program, cli)
  addAccounts(program, cli)
  addJob(program, cli)
  addDatabase(program, cli)
  addImport(program, cli)
  addDeployment(program, cli)
  return program
}

const footnote = `
Every action of a model is a command too: tessera MODEL ACTION RECORD. tessera MODEL --help lists them.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 configuration, 4 database, 5 a check found work, 6 refused, 7 partly done.`

/** Whether the words name a command that only the installed modules can know. A slip of the pen must not start a database. */
async function isOfModules(cli: Cli, program: Command, words: readonly string[]): Promise<boolean> {
  const names = words.filter((word) => !word.startsWith('-'))
  const [first, second] = names
  if (first === undefined || first === 'help') return false
  const group = program.commands.find((command) => command.name() === first)
  if (group && (group.commands.length === 0 || second === undefined)) return false
  const known = (group ?? program).commands.map((command) => command.name())
  const word = group ? second! : first
  if (group && known.includes(word)) return isStub(group, word)
  return nearest(word, known) === undefined || (await isDeclared(cli, group ? [first, word] : [first]))
}

/** `demo load` and `db populate` are announced by core and done by modules. */
function isStub(group: Command, name: string): boolean {
  return ['demo load', 'db populate'].includes(`${group.name()} ${name}`)
}

/** Whether any module in the folder has a command that begins with these words: asked without a database. */
async function isDeclared({ root }: Cli, [first, second]: readonly string[]): Promise<boolean> {
  const { everyModule } = await import('./installed.ts')
  try {
    const composition = await everyModule(root)
    const model = composition.models.byName(first ?? '')
    const ofModel = model ? composition.actions(model).map(({ name }) => `${model.name} ${name}`) : []
    const wanted = second === undefined ? `${first} ` : `${first} ${second} `
    return [...ofModel, ...composition.commands.map(({ name }) => name)].some((name) => `${name} `.startsWith(wanted))
  } catch (error) {
    if (error instanceof BootFailure) return false
    throw error
  }
}

/** Nothing ends the process by itself, and usage errors are said in our own words. */
function completed(program: Command): Command {
  const silent: OutputConfiguration = { outputError: () => undefined, writeErr: (text) => process.stderr.write(text) }
  const visit = (command: Command): void => {
    command.exitOverride().configureOutput(silent).configureHelp({ showGlobalOptions: true }).helpCommand(false)
    for (const each of command.commands) visit(each)
  }
  visit(program)
  return program
}
