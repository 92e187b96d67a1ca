/** If-Match: the version that a writer has seen. */
import { BadRequest } from '../../errors.ts'

/** The version in `If-Match: "3-…"`; undefined when there is no condition (none given, or `*`). */
export function versionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined
  const version = /^\s*(?:W\/)?"(\d{1,9})(?:-[^"]*)?"\s*$/.exec(ifMatch)?.[1]
  if (version === undefined) throw new BadRequest('request.wrong_if_match', 'If-Match must be the ETag of the record, like "3-…".')
  return Number(version)
}
