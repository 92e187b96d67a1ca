/** A user's verb on a record, declared once: a permission, a REST route with its schema, a button, a bulk verb, a command, an event. */
import { z } from 'zod'
import type { Column, ConditionOn, Erased, Given, Model, Where } from '../model/types.ts'
import type { Services } from '../service/services.ts'
import type { Destination } from '../view/destination.ts'

export interface Action<T = Erased, I = Erased> {
  readonly kind: 'action'
  readonly model: Model<T>
  readonly name: string
  readonly label: string
  readonly icon: string | undefined
  readonly help: string | undefined
  readonly hotkey: string | undefined
  readonly when: Where<T> | undefined
  readonly otherwise: string | undefined
  readonly input: z.ZodType<I> | undefined
  readonly bulk: boolean
  /** For a field that names this action in `through`: which new values this action takes. */
  readonly takes: Takes<T>
  readonly remains: Remains<T> | undefined
  readonly undoneBy: (() => Action<T, Erased>) | undefined
  readonly run: ((record: T, input: I, services: Services) => unknown) | undefined
  readonly opens: Given<T, Leading> | undefined
}

/** A model's screen, or the path of a module's own page. */
export type Leading = Destination | `/${string}`

/** By field: a condition on the new value, or `true` for every value. */
type Takes<T> = { readonly [K in Column<T>]?: ConditionOn<T[K]> | true }

/** Of records that an action brings together, the one that remains. */
export interface Remains<T> {
  /** The input that names it: a `ref` to the action's own model. Both are locked in the order of their ids. */
  readonly as: string
  /** Which ones it can be, once the other is known: what its dialog offers, and in this order. The action itself still checks. */
  readonly among: Given<T, readonly Where<T>[]>
}

interface Common<T> {
  label: string
  icon?: string
  help?: string
  /** The letter that does it, in every language; without one, the first of its name that is free. */
  hotkey?: string
  /** On which records it makes sense; tested on the server, mirrored by the button. */
  when?: Where<NoInfer<T>>
  /** What is said where it does not; `{title}` is the record. */
  otherwise?: string
}
/** An action that does something. Its name is the permission verb; its input goes into OpenAPI and the generated dialog. */
export interface Doing<T, I> extends Common<T> {
  input?: z.ZodType<I>
  bulk?: boolean
  takes?: Takes<NoInfer<T>>
  /** It brings records together: of many that are chosen, one remains and is left out of those to which it is done. */
  remains?: Remains<NoInfer<T>>
  /** What puts it back, offered after it was done to many; needs no input. */
  undoneBy?: () => Action<NoInfer<T>, Erased>
  run: (record: NoInfer<T>, input: NoInfer<I>, services: Services) => unknown
}
/** An action that leads somewhere: "new ticket for this partner". */
export interface Opening<T> extends Common<T> {
  opens: Given<NoInfer<T>, Leading>
}

export function action<T, I = Record<string, never>>(model: Model<T>, name: string, about: Doing<T, I> | Opening<T>): Action<T, I> {
  const doing = 'run' in about ? about : undefined
  return {
    kind: 'action',
    model,
    name,
    label: about.label,
    icon: about.icon,
    help: about.help,
    hotkey: about.hotkey,
    when: about.when,
    otherwise: about.otherwise,
    input: doing?.input,
    bulk: doing?.bulk ?? false,
    takes: doing?.takes ?? {},
    remains: doing?.remains,
    undoneBy: doing?.undoneBy,
    run: doing?.run,
    opens: 'opens' in about ? about.opens : undefined,
  }
}

/** Which model a `ref` names, and which of its records it offers. */
export interface Reference {
  readonly model: Model
  readonly where?: Where<unknown> | undefined
}
const references = new WeakMap<z.ZodType, Reference>()

/** An input that names a record of a model, by id or by `{ code }`; the generated dialog offers the records that match. */
export function ref<T>(model: Model<T>, where?: Where<NoInfer<T>>): z.ZodType<string> {
  const schema = z.uuid()
  references.set(schema, { model, where: where as Where<unknown> | undefined })
  return schema
}

/** The model that an input's schema refers to, seen through `optional` and `nullable`. */
export function referenceOf(schema: z.ZodType): Reference | undefined {
  const inner = schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? (schema.unwrap() as z.ZodType) : undefined
  return references.get(schema) ?? (inner && referenceOf(inner))
}

/** The inputs of an action that name records; `nullable` where null is a value of its own. */
export function referencesIn({ input }: Action): readonly (readonly [name: string, reference: Reference & { nullable: boolean }])[] {
  if (!(input instanceof z.ZodObject)) return []
  return Object.entries(input.shape as Record<string, z.ZodType>).flatMap(([name, schema]) => {
    const reference = referenceOf(schema)
    return reference ? [[name, { ...reference, nullable: schema.safeParse(null).success }] as const] : []
  })
}
