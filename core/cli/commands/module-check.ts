/** `tessera module check`: do all modules fit together; with a name, does one keep the house rules. */
import type { Command } from 'commander'
import { BootFailure } from '../../errors.ts'
import type { Looked } from '../../house-rules.ts'
import type { Cli } from '../cli.ts'
import { Ended } from '../failure.ts'
import type { Note } from '../notes.ts'
import { count } from '../terminal.ts'

export function addModuleCheck(module: Command, cli: Cli): void {
  module
    .command('check')
    .argument('[name]', 'one module, alone with its dependencies, by the house rules')
    .description('check all modules, installed or not')
    .action((name?: string) => refusedAs(cli, name === undefined ? () => checkAll(cli) : () => checkOne(cli, name)))
}

async function checkAll(cli: Cli): Promise<void> {
  const { everyModule } = await import('../installed.ts')
  const composition = await everyModule(cli.root)
  const { notesOn } = await import('../notes.ts')
  const notes = notesOn(composition)
  const modules = composition.modules.length
  cli.terminal.answer({ modules, problems: [], notes }, () => [`${count(modules, 'module')} fit together.`, ...inWords(notes)].join('\n'))
}

async function checkOne(cli: Cli, name: string): Promise<void> {
  const { packagesOf, packageNamed } = await import('../installed.ts')
  const { compose } = await import('../../module/compose.ts')
  const { loadModules } = await import('../../module/load.ts')
  const { rulesOfTheHouse } = await import('../../house-rules.ts')
  const { notesOn } = await import('../notes.ts')
  const packages = await packagesOf(cli.root)
  const { folder, version } = packageNamed(packages, name)
  const composition = compose(await loadModules(packages, [name]))
  const looked: Looked = { name, folder, composition, connection: undefined }
  const asked = await Promise.all(
    rulesOfTheHouse
      .filter(({ needsDatabase }) => !needsDatabase)
      .map(async ({ rule, findings }) => ({ rule, findings: await findings(looked) })),
  )
  const broken = asked.filter(({ findings }) => findings.length > 0)
  const notes = notesOn(composition).filter(({ module }) => module === name)
  cli.terminal.answer({ module: name, version, rules: asked, problems: [], notes }, () =>
    [
      broken.length === 0
        ? `"${name}" ${version} keeps the house rules. What only a database shows, its tests say: houseRules('${name}').`
        : `"${name}" ${version} breaks ${count(broken.length, 'house rule')}.`,
      ...broken.flatMap(({ rule, findings }) => ['', `A module ${rule}.`, ...findings.map((finding) => `  ${finding}`)]),
      ...inWords(notes),
    ].join('\n'),
  )
  if (broken.length > 0) throw new Ended(5)
}

/** Modules that do not fit together are what a check looks for: found work, not a failure of the command. */
async function refusedAs(cli: Cli, check: () => Promise<void>): Promise<void> {
  try {
    await check()
  } catch (error) {
    if (!(error instanceof BootFailure)) throw error
    cli.terminal.answer(
      { problems: error.problems, notes: [] },
      () => `${error.message}\n\n${count(error.problems.length, 'problem')} found.`,
    )
    throw new Ended(5)
  }
}

function inWords(notes: readonly Note[]): readonly string[] {
  return notes.flatMap(({ module, sentence }) => ['', `${module}  note`, `  ${sentence}`])
}
