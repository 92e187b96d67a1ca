/** `tessera field list|add|change|remove`: the fields that administrators add to models. */
import type { Command } from 'commander'
import { BadRequest } from '../../errors.ts'
import type { Operation } from '../../installation/plan.ts'
import { type OwnField, type OwnFieldDefinition, type OwnFieldType, type OwnText, ownFieldTypes } from '../../module/own-field.ts'
import type { Cli } from '../cli.ts'
import { table } from '../terminal.ts'
import { type Options as OperationOptions, operate, operationOptions } from './operations.ts'

interface Options extends OperationOptions {
  readonly type?: string
  readonly label?: readonly string[]
  readonly helpText?: readonly string[]
  readonly choices?: string
  readonly to?: string
  readonly required?: boolean
  readonly tracked?: boolean
  readonly default?: string
  readonly after?: string
  readonly in?: string
  readonly list?: boolean
  readonly filter?: boolean
  readonly search?: boolean
}

export function addField(program: Command, cli: Cli): void {
  const field = program.command('field').description('fields that administrators add to models')
  field
    .command('list')
    .argument('[model]')
    .description('list the fields that were added here')
    .action((model?: string) => list(cli, model))
  const described = (name: string, description: string): Command =>
    operationOptions(
      field.command(name).argument('<model>').argument('<name>', 'x_ and small letters: x_warranty').description(description),
    )
      .option('--label <text>', 'what people read: "Warranty" or fr=Garantie; may be repeated', gathered)
      .option('--help-text <text>', 'what explains it, in the same way', gathered)
      .option('--choices <pairs>', 'of a choice: a=A,b=B')
      .option('--required', 'whoever writes must give it')
      .option('--no-required', 'it may be empty')
      .option('--no-tracked', 'leave its changes out of the history')
      .option('--default <value>', 'what a new record begins with')
      .option('--after <field>', 'beside which field of the form it stands')
      .option('--in <group>', 'in which group or tab of the form it stands')
      .option('--list', 'a column of the list')
      .option('--no-list', 'no column of the list')
      .option('--filter', 'offer it as a filter and to group by')
      .option('--no-filter', 'no filter')
      .option('--search', 'the search looks into it')
      .option('--no-search', 'the search does not look into it')
  described('add', 'add a field: a real column, in screens, search, API, rules and export')
    .requiredOption('--type <type>', ownFieldTypes.join(', '))
    .option('--to <model>', 'of a relation: the model')
    .action(async (model: string, name: string, options: Options) => {
      if (await found(cli, model, name))
        throw new BadRequest(
          'field.exists',
          '"{model}" has the field "{name}" already.',
          { model, name },
          { hint: `Change it with: tessera field change ${model} ${name}` },
        )
      await define(
        cli,
        { model, name, definition: definitionOf({ type: options.type as OwnFieldType, label: { en: '' } }, options) },
        options,
      )
    })
  described('change', 'change what a field is called, where it stands, what it offers').action(
    async (model: string, name: string, options: Options) => {
      const known = await found(cli, model, name)
      if (!known)
        throw new BadRequest(
          'field.no_own',
          '"{model}" has no field "{name}" that an administrator added.',
          { model, name },
          { hint: 'tessera field list shows them.' },
        )
      await define(cli, { ...known, definition: definitionOf(known.definition, options) }, options)
    },
  )
  operationOptions(
    field.command('define', { hidden: true }).argument('<model>').argument('<name>').requiredOption('--definition <json>'),
  ).action((model: string, name: string, options: Options & { readonly definition: string }) =>
    define(cli, { model, name, definition: parsed(options.definition) }, options),
  )
  operationOptions(
    field
      .command('remove')
      .argument('<model>')
      .argument('<name>')
      .description('remove a field and its values; an archive of them is written first'),
  ).action((model: string, name: string, options: Options) =>
    operate(cli, { verb: 'field', names: [`${model}.${name}`], field: { model, name, remove: true } }, options),
  )
}

function gathered(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

function define(cli: Cli, field: OwnField, options: Options): Promise<void> {
  const operation: Operation = { verb: 'field', names: [`${field.model}.${field.name}`], field }
  return operate(cli, operation, options)
}

function parsed(json: string): OwnFieldDefinition {
  try {
    return JSON.parse(json) as OwnFieldDefinition
  } catch {
    throw new BadRequest('field.no_json', 'The definition of the field is no JSON.')
  }
}

/** The options over what is there; what none of them names stays, and one whose removal was begun is seen again. Whether it fits is told with the plan. */
function definitionOf({ hidden: _hidden, ...before }: OwnFieldDefinition, options: Options): OwnFieldDefinition {
  const { type, label, helpText, choices, to, required, tracked, after, in: box, list: inList, filter, search } = options
  const kind = type ?? before.type
  return {
    ...before,
    type: kind as OwnFieldType,
    label: label ? { ...withoutEmpty(before.label), ...texts(label) } : withoutEmpty(before.label),
    ...(helpText && { help: { ...before.help, ...texts(helpText) } }),
    ...(choices !== undefined && { choices: choicesOf(choices, before) }),
    ...(to !== undefined && { to }),
    ...(required !== undefined && { required }),
    ...(tracked === false && { tracked }),
    ...(options.default !== undefined && { default: valueFrom(kind, options.default) }),
    ...(after !== undefined && { form: { after } }),
    ...(box !== undefined && { form: { in: box } }),
    ...(inList !== undefined && { list: inList }),
    ...(filter !== undefined && { filter }),
    ...(search !== undefined && { search }),
  }
}

function withoutEmpty(texts: OwnText): OwnText {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''))
}

/** `Warranty` or `fr=Garantie`. */
function texts(given: readonly string[]): OwnText {
  return Object.fromEntries(
    given.map((each) => {
      const [, locale = 'en', said = each] = /^([a-z]{2,3}(?:-[A-Za-z0-9]+)*)=(.*)$/s.exec(each) ?? []
      return [locale, said]
    }),
  )
}

/** `a=A,b=B`: these are the choices then; those that stay keep what they are called in other languages. */
function choicesOf(pairs: string, { choices = [] }: OwnFieldDefinition): OwnFieldDefinition['choices'] {
  return pairs.split(',').map((pair) => {
    const [value = '', label = value] = pair.split('=').map((each) => each.trim())
    return { value, label: { ...choices.find((each) => each.value === value)?.label, en: label } }
  })
}

function valueFrom(type: string, text: string): string | number | boolean {
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return (type === 'integer' || type === 'decimal') && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

async function found(cli: Cli, model: string, name: string): Promise<OwnField | undefined> {
  return (await fieldsOf(cli)).find((one) => one.model === model && one.name === name)
}

/** Asked of the database alone. */
async function fieldsOf(cli: Cli): Promise<readonly OwnField[]> {
  const { loadConfig } = await import('../../config/index.ts')
  const { openDatabase } = await import('../../database/index.ts')
  const { stateOf } = await import('../../installation/state.ts')
  const database = await openDatabase(loadConfig(cli.env, cli.root), 'guest')
  try {
    return (await stateOf(database.url))?.fields ?? []
  } finally {
    await database.close()
  }
}

async function list(cli: Cli, model: string | undefined): Promise<void> {
  const rows = (await fieldsOf(cli)).filter((field) => model === undefined || field.model === model)
  cli.terminal.answer(rows, () =>
    rows.length === 0
      ? 'No fields were added here.'
      : table(
          ['MODEL', 'NAME', 'TYPE', 'LABEL', ''],
          rows.map(({ model: of, name, definition: { type, to, label, required, hidden } }) => [
            of,
            name,
            to === undefined ? type : `${type} to ${to}`,
            label.en ?? Object.values(label)[0] ?? '',
            hidden ? 'hidden: its removal was begun' : required ? 'required' : '',
          ]),
        ),
  )
}
