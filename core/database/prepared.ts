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
    if (this.#remembered.size > most) this.#forget(firstOf(this.#remembered))
  }

  /**
   * As a message before the next statement and not as a statement (`deallocate`): it needs no turn of its own, and PostgreSQL takes it in
   * a transaction that has failed too, and of a name that it does not hold.
   * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
   */
  #forget(name: string): void {
    const { connection } = this as unknown as Remembering
    this.#remembered.delete(name)
    delete connection.parsedStatements[name]
    connection.close({ type: 'S', name })
  }
}

/** The part of pg's connection that its types leave out: the names that it need not send the text of again, and `Close`. */
interface Remembering {
  readonly connection: {
    readonly parsedStatements: Record<string, string>
    close(closed: { readonly type: 'S'; readonly name: string }): void
  }
}

function moveLast<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
}

function firstOf(map: ReadonlyMap<string, unknown>): string {
  return map.keys().next().value!
}
