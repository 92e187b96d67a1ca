/** How a module author writes models: handles, extensions, values that follow from others, shipped records. */
import { p } from '@mikro-orm/core'
import type { AnyPath, Builders, Coded, Draft, Given, GivenContext, Model, Seen, Traits, Translated } from './types.ts'

export { p }

/** A text that people read in several languages: one JSONB column, one text per language; `long` for one of many lines. */
export function translated({ long = false }: { long?: boolean } = {}) {
  return p
    .json()
    .$type<Translated>()
    .comment(long ? 'translated text' : 'translated')
}

export interface Declared {
  readonly name: string
  readonly fields: Readonly<Record<string, any>>
  readonly traits: Traits<any>
}
const declared = new WeakMap<object, Declared>()

/** What was declared for a handle. */
export function declarationOf(model: Model): Declared {
  const found = declared.get(model)
  if (!found) throw new TypeError(`"${model.name}" is not a model: make it with defineModel.`)
  return found
}

/**
 * Declares a model and returns its handle. Annotate the constant (`export const Ticket: Model<Ticket> = …`), otherwise
 * self and inverse relations end in TS7022.
 */
export function defineModel<T extends object>(name: string, fields: Builders<NoInfer<T>>, traits: Traits<NoInfer<T>> = {}): Model<T> {
  const handle = {
    [name]: class {
      constructor() {
        throw new TypeError(`Create a ${name} with records.create.`)
      }
    },
  }[name]!
  declared.set(handle, { name, fields: fields as Record<string, any>, traits })
  return handle as unknown as Model<T>
}

/** Fields and traits that one module adds to another's model. */
export interface Extension {
  readonly model: Model
  readonly fields: Readonly<Record<string, any>>
  readonly traits: Traits<any>
}
export function extend<T extends object>(model: Model<T>, fields: Builders<NoInfer<T>>, traits: Traits<NoInfer<T>> = {}): Extension {
  return { model, fields: fields as Record<string, any>, traits }
}

/** A value that follows from others. The code sees what it needs and nothing else, so that a forgotten need does not compile. */
export function given<T, const N extends AnyPath<T>, R>(
  needs: readonly N[],
  code: (seen: Seen<T, N>, context: GivenContext) => R,
): Given<T, R> {
  return { needs, code: code as Given<T, R>['code'] }
}
export function isGiven(value: unknown): value is Given<any, any> {
  return typeof value === 'object' && value !== null && 'needs' in value && 'code' in value
}

/** The rows that a module ships for one model; `key` is stable, so that an upgrade finds them again. */
export interface ShippedData {
  readonly model: Model
  readonly rows: Readonly<Record<string, object>>
}
const shipped = new WeakMap<object, ShippedData>()

/** Ships records and returns typed references to them: `status.new` in a rule, a default, a filter. */
export function data<T extends object, const K extends string>(
  model: Model<T>,
  rows: Readonly<Record<K, Draft<NoInfer<T>>>>,
): { readonly [P in K]: Coded } {
  const name = declarationOf(model).name
  const references = Object.fromEntries(Object.keys(rows).map((key) => [key, { '~shipped': `${name}.${key}` }]))
  shipped.set(references, { model, rows: rows as Readonly<Record<string, object>> })
  return references as { readonly [P in K]: Coded }
}
export function shippedBy(references: object): ShippedData {
  const found = shipped.get(references)
  if (!found) throw new TypeError('Only what data(Model, rows) returned can be shipped.')
  return found
}
/** `ticketStatus.new`, or undefined for anything that is not a reference to a shipped record. */
export function shippedKey(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && '~shipped' in value ? String((value as Coded)['~shipped']) : undefined
}
