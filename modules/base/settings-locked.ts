/** Settings that the environment decides: `z.string().meta({ variable: 'DESK_NAME' })`. */
import type { Services, Settings } from '@tessera/core'
import { z } from 'zod'

/** Setting -> the variable that may decide it. */
export function variablesOf({ schema }: Settings<unknown>): ReadonlyMap<string, string> {
  if (!(schema instanceof z.ZodObject)) return new Map()
  const named = Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>).map(
    ([name, of]) => [name, of.meta()?.variable] as const,
  )
  return new Map(named.filter((each): each is readonly [string, string] => typeof each[1] === 'string'))
}

/** The values that are decided so now. */
export function lockedIn(declared: Settings<unknown>, config: Services['config']): Readonly<Record<string, unknown>> {
  const said = [...variablesOf(declared)].flatMap(([name, variable]) => {
    const text = config.variable(variable)
    return text === undefined ? [] : [[name, plain(text)] as const]
  })
  return Object.fromEntries(said)
}

const plain = (text: string): unknown => (text === 'true' ? true : text === 'false' ? false : /^-?\d+$/.test(text) ? Number(text) : text)
