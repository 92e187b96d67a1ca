/** Three-way merge of a shipped record: as it was shipped last, as it is shipped now, and as it is here. */

/** Values of fields in one form, so that equal ones are equal as JSON. Texts in several languages are `Texts`. */
export type Plain = Readonly<Record<string, unknown>>

/** A text in several languages: each is merged for itself. */
export class Texts {
  readonly in: Readonly<Record<string, unknown>>
  constructor(texts: Readonly<Record<string, unknown>>) {
    this.in = texts
  }
}

export interface MergedField {
  /** `name`, or one language of it: `name.fr`. */
  readonly field: string
  readonly before: unknown
  readonly now: unknown
  readonly here: unknown
}

export interface Merged {
  /** Undefined where everything here is as it is shipped now, or nobody shipped or wrote anything else. */
  readonly change: 'changed' | 'kept' | 'conflict' | undefined
  /** What is taken from the new version; of a text in several languages those languages alone. */
  readonly take: Plain
  /** Everything that is not the same in all three. */
  readonly fields: readonly MergedField[]
}

/** Where here is what was shipped last, the new value is taken; everywhere else what is here stays. `now` names the fields. */
export function merge(before: Plain, now: Plain, here: Plain): Merged {
  const take: Record<string, unknown> = {}
  const fields: MergedField[] = []
  const found = new Set<'changed' | 'kept' | 'conflict'>()
  const one = (field: string, three: readonly [unknown, unknown, unknown], accept: () => void): void => {
    const change = changeOf(...three)
    if (change === undefined) return
    found.add(change)
    fields.push({ field, before: three[0] ?? null, now: three[1] ?? null, here: three[2] ?? null })
    if (change === 'changed') accept()
  }
  for (const [name, value] of Object.entries(now)) {
    const [was, is] = [before[name], here[name]]
    if (value instanceof Texts) {
      const texts: Record<string, unknown> = {}
      for (const [locale, text] of Object.entries(value.in))
        one(`${name}.${locale}`, [textIn(was, locale), text, textIn(is, locale)], () => {
          texts[locale] = text
        })
      if (Object.keys(texts).length > 0) take[name] = new Texts(texts)
    } else
      one(name, [was, value, is], () => {
        take[name] = value
      })
  }
  return { change: (['conflict', 'changed', 'kept'] as const).find((each) => found.has(each)), take, fields }
}

function changeOf(before: unknown, now: unknown, here: unknown): Merged['change'] {
  if (isSame(here, now)) return undefined
  if (isSame(here, before)) return 'changed'
  return isSame(now, before) ? 'kept' : 'conflict'
}

function textIn(value: unknown, locale: string): unknown {
  return value instanceof Texts ? value.in[locale] : undefined
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
}
