import type { Ability, Composition, Records, Services } from '@tessera/core'
import { type Formats, formatsOf } from './formats.ts'

/** Who looks, in the form in which the screens need it. */
export interface Reader {
  readonly services: Services
  readonly app: Composition
  readonly records: Records
  readonly ability: Ability
  readonly asking: { readonly me: Readonly<Record<string, unknown>>; readonly now: Date }
  readonly now: Date
  readonly locale: string
  readonly zone: string
  readonly formats: Formats
  readonly t: Services['text']
}

export function readerOf(services: Services): Reader {
  const { context, app, records, text } = services
  const { caller, now, locale, zone } = context
  const formats = formatsOf(locale, zone)
  return { services, app, records, ability: caller.ability, asking: { me: caller.me, now }, now, locale, zone, formats, t: text }
}

const prepared = new WeakMap<Ability, Map<string, unknown>>()

/** What depends on roles and language only is made once for all who share both; `key` names it within one application. */
export function prepare<V>({ ability, locale }: Pick<Reader, 'ability' | 'locale'>, key: string, make: () => V): V {
  let ofAbility = prepared.get(ability)
  if (!ofAbility) {
    ofAbility = new Map()
    prepared.set(ability, ofAbility)
  }
  const full = `${locale} ${key}`
  if (!ofAbility.has(full)) ofAbility.set(full, make())
  return ofAbility.get(full) as V
}
