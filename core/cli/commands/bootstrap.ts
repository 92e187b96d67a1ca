/** `tessera bootstrap`: from whatever a database has to what this deployment wants, as often as one likes. For containers. */
import type { Command } from 'commander'
import { type Cli, withApp } from '../cli.ts'
import { type Options, operationOptions, sync } from './operations.ts'

export function addBootstrap(program: Command, cli: Cli): void {
  operationOptions(program.command('bootstrap'))
    .description('set the database up or bring it up to date, and print the link for the first administrator')
    .option('--no-backup', 'make no backup before an upgrade')
    .action((options: Options) => bootstrap(cli, options))
}

async function bootstrap(cli: Cli, options: Options): Promise<void> {
  await sync(cli, options)
  if (options.dryRun) return
  const link = await withApp(cli, async ({ app, config }) => (await import('../first-run.ts')).firstRunLink(app, config.baseUrl))
  if (link)
    cli.terminal.error(`\nNobody administers this desk yet. Open this link within 24 hours to become its administrator:\n\n  ${link}\n`)
}
