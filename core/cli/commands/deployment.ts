/** `tessera openapi`, `routes`, `doctor`, `config` and `version`: about this deployment. */
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { UserError } from '../../errors.ts'
import { type Cli, withApp } from '../cli.ts'
import { Ended } from '../failure.ts'
import { styled, table } from '../terminal.ts'

export function addDeployment(program: Command, cli: Cli): void {
  const openapi = program.command('openapi').description('the description of the API')
  openapi
    .command('export')
    .argument('[file]')
    .description('write OpenAPI 3.1 to a file, or to stdout')
    .action((file?: string) => exportOpenApi(cli, file))
  program
    .command('routes')
    .description('list the routes and pages, who may use them, and where modules act without rules')
    .action(() => routes(cli))
  program
    .command('doctor')
    .description('look for what is wrong with this deployment')
    .action(() => doctor(cli))
  const config = program.command('config').description('the configuration')
  config
    .command('show')
    .description('print the configuration in force, without secrets')
    .action(() => showConfig(cli))
  config
    .command('example')
    .description('print every variable with its default, as an .env file')
    .action(() => exampleConfig(cli))
  program
    .command('version')
    .description('print the version')
    .action(() => version(cli))
}

async function exportOpenApi(cli: Cli, file: string | undefined): Promise<void> {
  const { openapiOf } = await import('../../http/index.ts')
  await withApp(cli, async ({ app, config }) => {
    const document = `${JSON.stringify(openapiOf(app.composition, { version: tesseraVersion(cli.root), baseUrl: config.baseUrl }), null, 2)}\n`
    if (file === undefined) {
      process.stdout.write(document)
      return
    }
    await writeFile(file, document).catch((cause: NodeJS.ErrnoException) => {
      throw new UserError('cli.cannot_write', 'The file {file} cannot be written: {reason}.', { file, reason: cause.message }, { cause })
    })
    cli.terminal.say(`Written to ${file}.`)
    if (cli.terminal.flags.json) cli.terminal.answer({ file }, () => '')
  })
}

async function routes(cli: Cli): Promise<void> {
  await withApp(cli, async ({ app }) => {
    const { withoutRules } = await import('../without-rules.ts')
    const all = app.http.routes()
    const trusted = await withoutRules(app.composition.modules)
    cli.terminal.answer({ routes: all, withoutRules: trusted }, () =>
      [
        table(
          ['METHOD', 'PATH', 'WHO', 'MODULE'],
          all.map(({ method, path, may, module }) => [method, path, may, module]),
        ),
        ...(trusted.length > 0
          ? [
              '',
              table(
                ['MODULE', 'FILE', 'ACTS WITHOUT RULES, BECAUSE'],
                trusted.map(({ module, file, why }) => [module, file, why]),
              ),
            ]
          : []),
      ].join('\n'),
    )
  })
}

async function doctor(cli: Cli): Promise<void> {
  const { findings } = await import('../doctor.ts')
  const found = await findings(cli)
  const isFine = found.every(({ ok }) => ok)
  cli.terminal.answer({ ok: isFine, findings: found }, () =>
    found
      .map(
        ({ ok, what, hint }) => `${ok ? styled('green', 'ok   ') : styled('red', 'wrong')}  ${what}${hint ? `\n       hint: ${hint}` : ''}`,
      )
      .join('\n'),
  )
  if (!isFine) throw new Ended(5)
}

async function showConfig(cli: Cli): Promise<void> {
  const { loadConfig, variables } = await import('../../config/index.ts')
  const values: Readonly<Record<string, unknown>> = { ...loadConfig(cli.env, cli.root) }
  const rows = variables.map(({ name, description }) => {
    const from = cli.env[name] ? 'environment' : cli.env[`${name}_FILE`] ? `${name}_FILE` : 'default'
    const value = name === 'TESSERA_SECRET' ? '***' : shownValue(values[keyOf(name)])
    return { name, value, from, description }
  })
  cli.terminal.answer(rows, () =>
    table(
      ['NAME', 'VALUE', 'FROM', 'WHAT IT IS'],
      rows.map((row) => [row.name, row.value ?? '-', row.from, row.description]),
    ),
  )
}

/** `DATA_DIR` is `dataDir` of the configuration; the environment is the one exception. */
function keyOf(name: string): string {
  return name === 'NODE_ENV' ? 'environment' : name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** An address without user, password and query. */
function shownValue(value: unknown): string | null {
  if (value === undefined) return null
  const text = Array.isArray(value) ? value.join(', ') : String(value)
  return text.replace(/^(\w+:\/\/)[^/]*@/, '$1***@').replace(/\?.*$/, '?***')
}

async function exampleConfig(cli: Cli): Promise<void> {
  const { variables } = await import('../../config/index.ts')
  cli.terminal.answer(variables, () =>
    variables.map(({ name, description, default: byDefault }) => `# ${description}\n#${name}=${byDefault ?? ''}`).join('\n\n'),
  )
}

function version(cli: Cli): void {
  const document = { tessera: tesseraVersion(cli.root), node: process.versions.node }
  cli.terminal.answer(document, () => `Tessera ${document.tessera} (Node ${document.node})`)
}

function tesseraVersion(root: string): string {
  const manifest: { version?: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return manifest.version ?? '0.0.0'
}
