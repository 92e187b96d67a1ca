/** Values that a condition names before they are known. They stay data until somebody asks; then they become parameters. */

/** What `me` offers. A module that adds a field to the user model adds it here too. */
export interface Me {
  id: string
}

export type Placeholder = { readonly placeholder: 'me'; readonly field: string } | { readonly placeholder: 'now'; readonly agoMs: number }

/** Who asks and when: what placeholders become. `me` holds the user's own values, relations as ids. */
export interface Asking {
  readonly me: Readonly<Record<string, unknown>>
  readonly now: Date
}

/** The user who asks: `{ partner: me.partnerId }`. One that is empty matches nothing. */
export const me: Me = new Proxy({} as Me, {
  get: (_, field) => (typeof field === 'string' ? standsFor({ placeholder: 'me', field }, `me.${field}`) : undefined),
})

/** The instant of asking. */
export const now = standsFor({ placeholder: 'now', agoMs: 0 }, 'now') as unknown as Date

/** An instant before now: `ago({ days: 7 })`. */
export function ago(span: { days?: number; hours?: number; minutes?: number }): Date {
  const agoMs = (((span.days ?? 0) * 24 + (span.hours ?? 0)) * 60 + (span.minutes ?? 0)) * 60_000
  return standsFor({ placeholder: 'now', agoMs }, 'ago()') as unknown as Date
}

export function isPlaceholder(value: unknown): value is Placeholder {
  return typeof value === 'object' && value !== null && 'placeholder' in value
}

/** The value for this asker; `undefined` says that it is empty and that the condition matches nothing. */
export function resolvePlaceholder(value: Placeholder, asking: Asking): unknown {
  if (value.placeholder === 'now') {
    const instant = new Date(asking.now.getTime() - value.agoMs)
    before.set(instant, value.agoMs)
    return instant
  }
  const own = asking.me[value.field] ?? undefined
  return Array.isArray(own) && own.length === 0 ? undefined : own
}

/** A value that was resolved earlier, for another now: only what followed from the clock is another. */
export function movedTo(value: unknown, now: Date): unknown {
  if (Array.isArray(value)) return value.map((each) => movedTo(each, now))
  const agoMs = value instanceof Date ? before.get(value) : undefined
  return agoMs === undefined ? value : new Date(now.getTime() - agoMs)
}

/** The instants that stand for the placeholder now, by how long before it they are. */
const before = new WeakMap<Date, number>()

/** A placeholder used as if it were the value is a mistake that would pass the compiler: it throws instead. */
function standsFor(placeholder: Placeholder, shown: string): Placeholder & { toJSON(): unknown } {
  const refuse = () => {
    throw new TypeError(`"${shown}" stands for a value in a condition. In code, use context.caller and context.now.`)
  }
  return Object.defineProperties({ ...placeholder } as Placeholder & { toJSON(): unknown }, {
    [Symbol.toPrimitive]: { value: refuse, enumerable: false },
    getTime: { value: refuse, enumerable: false },
  })
}
