/** What PostgreSQL parses and plans once per connection, and then runs by its name: for a page with many relations that is most of the work. */
import { createHash } from 'node:crypto'
import pg from 'pg'

/** Of so many statements a connection remembers the plans. Each takes memory of the server, and people's own filters make new ones for ever. */
const most = 300

/** A statement's name is its text in short, so that it has the same one on every connection. */
export function named(text: string, values: readonly unknown[]): pg.QueryConfig {
  // Without parameters the values may stand in the text, which then never comes again.
  return values.length > 0 ? { name: nameOf(text), text, values: [...values] } : { text, values: [] }
}

const names = new Map<string, string>()
function nameOf(text: string): string {
  const name = names.get(text) ?? createHash('sha256').update(text).digest('base64url').slice(0, 40)
  moveLast(names, text, name)
  if (names.size > most) names.delete(firstOf(names))
  return name
}

/** A connection that forgets the plan it has not needed for longest, where it would remember too many. */
export class PreparingClient extends pg.Client {
  readonly #remembered = new Map<string, true>()

  // The parent's overloads differ in their results; whatever they are is handed on as it is.
  override query(...asked: never[]): never {
    const [{ name }] = asked as unknown as [{ readonly name?: string }]
    if (name) this.#remember(name)
    return super.query(...(asked as [never]))
  }

  #remember(name: string): void {
    moveLast(this.#remembered, name, true)
    while (this.#remembered.size > most) this.#forget(firstOf(this.#remembered))
  }

  #forget(name: string): void {
    this.#remembered.delete(name)
    const { parsedStatements } = this.connection as unknown as Parsed
    // What PostgreSQL could not parse it does not hold: told to forget that, it would refuse, and with it all else of the transaction.
    if (!(name in parsedStatements)) return
    super.query(`deallocate ${pg.escapeIdentifier(name)}`, (failed) => {
      // A transaction that has failed forgets nothing: the next statement tries again.
      if (failed) this.#remembered.set(name, true)
      else delete parsedStatements[name]
    })
  }
}

/** The part of pg's connection that its types leave out: the names that it need not send the text of again. */
interface Parsed {
  readonly parsedStatements: Record<string, string>
}

function moveLast<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
}

function firstOf(map: ReadonlyMap<string, unknown>): string {
  return map.keys().next().value!
}
