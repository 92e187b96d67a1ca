import type { Request } from '@tessera/core'
import type { Typed } from './control.ts'

/** The fields of a form as they were sent: every name with its texts. */
export function typedIn({ body }: Pick<Request, 'body'>): Typed {
  if (typeof body !== 'object' || body === null) return new Map()
  return new Map(
    Object.entries(body).flatMap(([name, value]): [string, readonly string[]][] => {
      if (typeof value === 'string') return [[name, [value]]]
      return Array.isArray(value) ? [[name, value.filter((each) => typeof each === 'string')]] : []
    }),
  )
}

/** The one text of a field; undefined when it was not sent. */
export function textIn(request: Pick<Request, 'body'>, name: string): string | undefined {
  return typedIn(request).get(name)?.at(-1)
}

/** The version of the record that the sender had before him. */
export function versionIn(request: Pick<Request, 'body'>): number | undefined {
  const version = Number(textIn(request, '_version') || Number.NaN)
  return Number.isInteger(version) ? version : undefined
}
