import type { Request } from '@tessera/core'

/** The fields of a form as they were sent, each with its last text. */
export type Typed = ReadonlyMap<string, string>

export function typedIn({ body }: Pick<Request, 'body'>): Typed {
  if (typeof body !== 'object' || body === null) return new Map()
  return new Map(
    Object.entries(body).flatMap(([name, value]: [string, unknown]): [string, string][] => {
      const last: unknown = Array.isArray(value) ? value.at(-1) : value
      return typeof last === 'string' ? [[name, last.replaceAll('\r\n', '\n')]] : []
    }),
  )
}

/** Texts in the address fill a form in too: `?type=inquiry&subject=…`. */
export function typedInAddress({ query }: Pick<Request, 'query'>): Typed {
  return new Map(query)
}
