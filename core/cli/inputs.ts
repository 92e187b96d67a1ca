/** Options of a command from a zod schema, and their texts as the values that the schema takes. */
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { BadRequest } from '../errors.ts'

interface Property {
  readonly type?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly items?: Property
}
export interface Input {
  /** As the schema calls it. */
  readonly name: string
  /** `hours-spent`: the option without its dashes. */
  readonly flag: string
  readonly type: string
  readonly description: string
  readonly choices: readonly string[] | undefined
  readonly isRequired: boolean
  readonly isNullable: boolean
}

/** The properties of an object schema; none for a schema that is no object. */
export function inputsOf(schema: z.ZodType | undefined): readonly Input[] {
  if (!(schema instanceof z.ZodObject)) return []
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return Object.entries(properties).map(([name, property]) => {
    const { of, isNullable } = withoutNull(property as Property & { anyOf?: readonly Property[] })
    const choices = of.enum?.map(String)
    const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    return {
      name,
      flag: ownFlags.has(kebab) ? `input-${kebab}` : kebab,
      type: of.type ?? 'json',
      description: of.description ?? '',
      choices,
      isRequired: required.includes(name),
      isNullable,
    }
  })
}
/** What every generated command has already. */
const ownFlags = new Set(['json', 'quiet', 'yes', 'no-input', 'user', 'help'])

function withoutNull(property: Property & { anyOf?: readonly Property[] }): { of: Property; isNullable: boolean } {
  const others = property.anyOf?.filter(({ type }) => type !== 'null')
  return others?.length === 1 && property.anyOf!.length === 2
    ? { of: { ...property, ...others[0] }, isNullable: true }
    : { of: property, isNullable: false }
}

export function addInputs(
  command: Command,
  inputs: readonly Input[],
  describe: (input: Input) => string = ({ description }) => description,
): void {
  for (const input of inputs) {
    const { flag, type, choices, isRequired, isNullable } = input
    const option = new Option(
      type === 'boolean' ? `--${flag}` : `--${flag} <${type === 'array' ? 'a,b' : type === 'string' ? 'text' : type}>`,
      describe(input),
    )
    if (choices) option.choices(choices)
    command.addOption(option.makeOptionMandatory(isRequired && type !== 'boolean'))
    if (isNullable || type === 'boolean') command.addOption(new Option(`--no-${flag}`, isNullable ? 'take it away' : 'the opposite'))
  }
}

/** What the options say, by the names of the schema. */
export function valuesIn(command: Command, inputs: readonly Input[]): Record<string, unknown> {
  const given = command.opts<Record<string, unknown>>()
  const values: Record<string, unknown> = {}
  for (const input of inputs) {
    const key = input.flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
    // The default of an option that has a --no- twin is true, which nobody said.
    if (command.getOptionValueSource(key) !== 'cli') continue
    const value = given[key]
    values[input.name] = value === false && input.isNullable ? null : typeof value === 'string' ? jsonValue(input, value) : value
  }
  return values
}

function jsonValue({ flag, type }: Input, text: string): unknown {
  if (type === 'string') return text
  if (type === 'integer' || type === 'number') {
    if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
    throw new BadRequest('cli.no_number', '--{flag} must be a number, not "{text}".', { flag, text })
  }
  if (type === 'array') return text.split(',').map((each) => each.trim())
  try {
    return JSON.parse(text)
  } catch {
    throw new BadRequest('cli.no_json', '--{flag} must be JSON, not "{text}".', { flag, text })
  }
}
