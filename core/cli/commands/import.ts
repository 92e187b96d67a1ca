/** `tessera data import`. */
import { type Command, Option } from 'commander'
import { BadRequest, nearest } from '../../errors.ts'
import { type Encoding, encodings } from '../../importing/encoding.ts'
import type { ImportResult } from '../../importing/index.ts'
import type { ModelMeta } from '../../model/meta.ts'
import type { Composition } from '../../module/composition.ts'
import { type Cli, servicesOf, withApp } from '../cli.ts'
import { Ended } from '../failure.ts'
import { count, number } from '../terminal.ts'

interface ImportOptions {
  readonly map?: string
  readonly id?: string
  readonly user?: string
  readonly errors?: string
  readonly encoding?: Encoding
  readonly dryRun?: boolean
}

export function addImport(program: Command, cli: Cli): void {
  const data = program.command('data').description('take data in')
  data
    .command('import')
    .argument('<model>', 'for example partner')
    .argument('<file>', 'CSV; its first line names the columns')
    .description('import a CSV file')
    .addOption(
      new Option('--map <columns>', 'which column fills which field: "Title=subject,Customer=partner"; by equal names unless told'),
    )
    .option('--id <column=field>', 'what tells that a record is there already and is updated; externalId unless told')
    .option('--user <email>', 'with the rights of this user; of the system unless told')
    .option('--errors <file>', 'where the rows that fail go, to be mended and imported again; FILE.errors.csv unless told')
    .addOption(new Option('--encoding <name>', 'in which the file was saved; found out unless told').choices([...encodings]))
    .option('--dry-run', 'try everything and keep nothing')
    .action((model: string, file: string, options: ImportOptions) => importFile(cli, model, file, options))
}

async function importFile(
  cli: Cli,
  name: string,
  file: string,
  { map, id, user, errors = `${file}.errors.csv`, encoding, dryRun = false }: ImportOptions,
): Promise<void> {
  const { importRecords, parseColumns } = await import('../../importing/index.ts')
  const columns = map === undefined ? undefined : parseColumns(map)
  const [key] = id === undefined ? [] : parseColumns(id)
  const result = await withApp(cli, async ({ app }) => {
    const model = modelNamed(app.composition, name)
    const services = await servicesOf(app, 'import', user)
    let reached = 0
    const progress = cli.terminal.progress('Rows')
    const onProgress = (done: number, total: number) => {
      reached = done
      progress(done, total)
    }
    try {
      return await importRecords({
        model,
        file,
        services,
        columns,
        id: key && { column: key[0], field: key[1] },
        encoding,
        errors,
        dryRun,
        onProgress,
      })
    } catch (error) {
      if (reached > 0) cli.terminal.error(`The import stopped after ${count(reached, 'row')}; these are done and stay.`)
      throw error
    }
  })
  report(cli, result, dryRun)
  if (result.failed > 0) throw new Ended(7)
}

const shownProblems = 20

function report({ terminal }: Cli, { problems, unused, errors, ...counts }: ImportResult, dryRun: boolean): void {
  if (counts.encoding !== 'utf-8') terminal.say(`Read as ${counts.encoding}; --encoding names another.`)
  if (unused.length > 0) terminal.say(`Not imported, since no field is mapped: ${unused.map((name) => `"${name}"`).join(', ')}.`)
  if (!terminal.flags.json) {
    for (const { row, column, sentence } of problems.slice(0, shownProblems))
      terminal.error(`row ${row}${column === null ? '' : `, ${column}`}: ${sentence}`)
    if (problems.length > shownProblems) terminal.error(`… and more: ${count(counts.failed, 'row')} failed.`)
  }
  terminal.answer({ ...counts, dryRun, problems, unused, errors }, () => {
    const { created, updated, unchanged, failed } = counts
    return `${dryRun ? 'Would be: ' : ''}${number(created)} created, ${number(updated)} updated, ${number(unchanged)} unchanged, ${number(failed)} failed.`
  })
  if (errors !== null) terminal.say(`The rows that failed are in ${errors}, each with its reason: mend them there and import that file.`)
}

function modelNamed({ models }: Composition, name: string): ModelMeta {
  const model = models.byName(name) ?? models.byPath(name)
  if (model) return model
  const near = nearest(
    name,
    models.all.map((each) => each.name),
  )
  throw new BadRequest(
    'cli.no_model',
    'There is no model "{name}".',
    { name },
    { hint: near ? `Did you mean "${near}"?` : `There are: ${models.all.map((each) => each.name).join(', ')}.` },
  )
}
