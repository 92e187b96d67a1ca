/** What a form of these screens sent. */
import type { Request } from '@tessera/core'

/** Every text that was sent under the name. */
export function textsIn({ body }: Pick<Request, 'body'>, name: string): readonly string[] {
  const sent = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>)[name] : undefined
  return (Array.isArray(sent) ? sent : [sent]).filter((each) => typeof each === 'string')
}

export function textIn(request: Pick<Request, 'body'>, name: string): string {
  return textsIn(request, name).at(-1)?.trim() ?? ''
}

/** All of it, by name. */
export function formIn(request: Pick<Request, 'body'>): ReadonlyMap<string, readonly string[]> {
  const names = typeof request.body === 'object' && request.body !== null ? Object.keys(request.body) : []
  return new Map(names.map((name) => [name, textsIn(request, name)]))
}
