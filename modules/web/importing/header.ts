import { BadRequest } from '@tessera/core'

/** Columns that somebody matches one by one. */
export const mostColumns = 300
/** Of the name of one. */
const longestName = 200

/** Refuses a file whose first line names no columns that a person could match. */
export function refuseHeader(header: readonly string[], file: string): void {
  if (header.length <= mostColumns && header.every((name) => name.length <= longestName && !name.includes('\0'))) return
  const sentence = 'The first line of {file} must name its columns: at most {most}, in at most {longest} characters each.'
  throw new BadRequest('web.import_header', sentence, { file, most: mostColumns, longest: longestName })
}
