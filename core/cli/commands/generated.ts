/** The commands that modules bring: one for every action of a model, and those they declare themselves. */
import { Argument, Command } from 'commander'
import { type Action, referencesIn } from '../../action/action.ts'
import type { App } from '../../app.ts'
import { BadRequest, UserError } from '../../errors.ts'
import { nameRecord } from '../../importing/index.ts'
import type { ModelMeta } from '../../model/meta.ts'
import { reasonOf } from '../../model/reasons.ts'
import type { Erased } from '../../model/types.ts'
import type { Composition } from '../../module/composition.ts'
import { servicesOf } from '../cli.ts'
import { Ended, failureSaid } from '../failure.ts'
import { addInputs, inputsOf, valuesIn } from '../inputs.ts'
import { rawDatabase } from '../raw-database.ts'
import { count, type Terminal } from '../terminal.ts'

type Own = Composition['commands'][number]

export function addGenerated(program: Command, terminal: Terminal, app: App): void {
  const { composition } = app
  for (const model of composition.models.all) {
    const actions = composition.actions(model).filter(({ run }) => run !== undefined)
    if (actions.length === 0) continue
    const group = groupOf(program, model.name, `what one can do with ${model.plural.toLowerCase()}`)
    for (const action of actions) group.addCommand(actionCommand(terminal, app, model, action))
  }
  for (const command of composition.commands) addOwn(program, terminal, app, command)
}

function groupOf(parent: Command, name: string, description: string): Command {
  const known = parent.commands.find((command) => command.name() === name)
  if (known) return known
  const group = new Command(name).description(description)
  parent.addCommand(group)
  return group
}

function actionCommand(terminal: Terminal, app: App, model: ModelMeta, action: Action): Command {
  const inputs = inputsOf(action.input)
  const references = new Map(referencesIn(action))
  const called = [...(model.code ? [model.code] : []), ...[...model.unique.values()].flatMap(({ of }) => (of.length === 1 ? of : []))]
  const record = new Argument(
    action.bulk ? '<record...>' : '<record>',
    `the ${model.label.toLowerCase()}, by ${[...new Set(called)].join(', ') || 'title'} or id`,
  )
  const command = new Command(action.name)
    .description(
      action.help ??
        `${action.label.toLowerCase()} ${action.bulk ? `one or more ${model.plural.toLowerCase()}` : `one ${model.label.toLowerCase()}`}`,
    )
    .addArgument(record)
    .option('--user <email>', 'with the rights of this user; of the system unless told')
  addInputs(command, inputs, ({ name, description }) => {
    const related = references.get(name)
    return description || (related ? `a ${app.composition.models.of(related.model).label.toLowerCase()}, by code, title or id` : '')
  })
  return command.action(async (named: string | readonly string[]) => {
    const values = valuesIn(command, inputs)
    await act(terminal, app, action, typeof named === 'string' ? [named] : named, values, command.opts<{ user?: string }>().user)
  })
}

async function act(
  terminal: Terminal,
  app: App,
  action: Action,
  names: readonly string[],
  values: Record<string, unknown>,
  user: string | undefined,
): Promise<void> {
  const services = await servicesOf(app, 'cli', user)
  const model = app.composition.models.of(action.model)
  const input = { ...values }
  for (const [name, reference] of referencesIn(action)) {
    const value = input[name]
    if (typeof value === 'string') input[name] = await nameRecord(services, app.composition.models.of(reference.model), value)
  }
  const done: Erased[] = []
  const refused: { readonly record: string; readonly sentence: string }[] = []
  for (const record of names) {
    try {
      const id = await nameRecord(services, model, record)
      await services.records.act<Erased, Erased>(action, id, input)
      done.push(await documentOf(services, model, id))
    } catch (error) {
      if (names.length === 1 || !(error instanceof UserError)) throw error
      const { sentence, details = [] } = failureSaid(error)
      refused.push({ record, sentence: [sentence, ...details].join(' ') })
    }
  }
  for (const { record, sentence } of refused) terminal.error(`${record}: ${sentence}`)
  terminal.answer(names.length === 1 ? done[0] : { done, refused }, () => done.map(({ label }) => `${action.label}: ${label}`).join('\n'))
  if (refused.length === 0) return
  terminal.say(`${count(done.length, 'record')} done, ${refused.length} refused.`)
  throw new Ended(done.length > 0 ? 7 : 1)
}

/** The record as the caller may read it, relations as `{ id, label }`. */
async function documentOf({ records, context }: Awaited<ReturnType<typeof servicesOf>>, model: ModelMeta, id: string): Promise<Erased> {
  const fields = [...model.fields.values()].filter(
    (field) => field.kind !== 'many' && field.only?.length !== 0 && context.caller.ability.field('read', field) !== false,
  )
  const { rows } = await records.query(model.handle, { fields: fields.map(({ name }) => name), where: { id }, limit: 1, label: true })
  return rows[0] ?? { id, label: id }
}

function addOwn(program: Command, terminal: Terminal, app: App, declared: Own): void {
  const { name, help, input, module } = declared
  // A command about a user is told of him where others are told with whose rights they run.
  const all = inputsOf(input).map((each) => (each.name === 'user' ? { ...each, flag: 'user' } : each))
  const inputs = all.filter((each) => !declared.words.includes(each.name))
  const positional = declared.words.flatMap((word) => all.find((each) => each.name === word) ?? [])
  const words = name.split(' ')
  const group = words.slice(0, -1).reduce((parent, word) => groupOf(parent, word, `brought by ${module}`), program)
  const stub = group.commands.find((command) => command.name() === words.at(-1))
  const command = stub ?? new Command(words.at(-1))
  if (!stub) group.addCommand(command)
  command.description(help).allowUnknownOption(false).allowExcessArguments(false)
  const isAboutUser = inputs.some(({ name }) => name === 'user')
  if (!isAboutUser) command.option('--user <email>', 'with the rights of this user; of the system unless told')
  for (const { flag, description, isRequired } of positional)
    command.addArgument(new Argument(isRequired ? `<${flag}>` : `[${flag}]`, description))
  addInputs(command, inputs)
  command.action(async () => {
    const named = Object.fromEntries(
      positional.flatMap((each, at) => (command.args[at] === undefined ? [] : [[each.name, command.args[at]]])),
    )
    const values = parsedInput(declared, { ...valuesIn(command, inputs), ...named })
    const services = await servicesOf(app, 'cli', isAboutUser ? undefined : command.opts<{ user?: string }>().user)
    const result = await declared.run(values, services, rawDatabase(app))
    terminal.answer(result ?? null, () => (declared.shown ? declared.shown(result, services) : inWords(result)))
  })
}

function parsedInput({ name, input }: Own, values: Record<string, unknown>): unknown {
  const parsed = input?.safeParse(values)
  if (!parsed) return {}
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.map((issue) => {
    const field = issue.path.join('.')
    return { field, code: 'cli.wrong_input', text: field === '' ? '{reason}' : `--${field}: {reason}`, values: { reason: reasonOf(issue) } }
  })
  throw new BadRequest('cli.wrong_input', 'The command {name} needs other values.', { name }, { errors })
}

/** What a command returns, for people: a text as it is, an object as lines. */
function inWords(result: unknown): string {
  if (result === undefined || result === null) return 'Done.'
  if (typeof result !== 'object') return String(result)
  return Object.entries(result)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join('\n')
}
