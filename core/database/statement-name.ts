import { createHash } from 'node:crypto'

const names = new Map<string, string>()
/** Beyond so many texts a statement stays unnamed: each name costs memory in every connection. */
const mostNames = 1000

/** A stable name for a statement's text, so that PostgreSQL parses and plans it once per connection. */
export function statementName(text: string): string | undefined {
  let name = names.get(text)
  if (!name && names.size < mostNames) {
    name = createHash('sha256').update(text).digest('base64url').slice(0, 40)
    names.set(text, name)
  }
  return name
}
