/** `tessera start` and `tessera dev`: the server, until somebody stops it. */
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'

export function addStart(program: Command, cli: Cli): void {
  program
    .command('start')
    .description('start the server (the default)')
    .option('--demo [module]', 'load demonstration data first: of the installed modules, or of this one, which is then installed')
    .action(async ({ demo = false }: { demo?: string | boolean }) => {
      const { supervise } = await import('../serving/supervisor.ts')
      await supervise(cli, demo)
    })
  program
    .command('dev')
    .description('start the server for somebody who changes its code: every change starts it anew')
    .action(async () => {
      const { develop } = await import('../serving/develop.ts')
      await develop(cli)
    })
}
