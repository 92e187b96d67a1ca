/** The connection pool and the unit of work on it. A dropped connection is an error of one request, never of the process. */
import type { EntitySchema } from '@mikro-orm/core'
import { MikroORM } from '@mikro-orm/postgresql'
import { PostgresDialect } from 'kysely'
import pg from 'pg'
import { PreparingDriver } from './parameters.ts'
import { named, PreparingClient } from './prepared.ts'

export type Rows = readonly Readonly<Record<string, unknown>>[]

/** How a statement is run. */
export interface How {
  /** Planned anew for its values: where the best way depends on them. */
  readonly fitted?: boolean
  /** Rows as arrays in the order of the columns, with instants as PostgreSQL writes them: for long lists that become JSON at once. */
  readonly raw?: boolean
}

export interface Connection {
  readonly pool: pg.Pool
  readonly orm: MikroORM
  /** Runs one statement outside any transaction. */
  run(text: string, values?: readonly unknown[], how?: How): Promise<Rows>
  /**
   * The same for one that somebody may need while he holds a transaction, and that must not be part of it: on a connection kept for
   * such statements. Requests that each held one of the pool and waited for another would wait for each other.
   */
  aside(text: string, values?: readonly unknown[]): Promise<Rows>
  close(): Promise<void>
}

/**
 * How long one statement may take, a lock may be waited for, and a request may wait for a connection, in milliseconds. A module that is
 * installed on a busy machine holds the tables it changes for seconds: who asks meanwhile rather waits than is refused.
 */
const patience = { statement: 15_000, lock: 10_000, connection: 10_000 }

export function connect(url: string, size: number, entities: readonly EntitySchema[], onLost: (error: Error) => void): Connection {
  const pool = open(url, size, onLost)
  const beside = open(url, 1, onLost)
  const orm = new MikroORM({
    driver: PreparingDriver,
    entities: [...entities],
    driverOptions: new PostgresDialect({ pool: preparing(pool) }),
    dbName: new URL(url).pathname.slice(1) || 'tessera',
    forceUtcTimezone: true,
    discovery: { warnWhenNoEntities: false },
    schemaGenerator: { skipTables: [/^tessera_/] },
    allowGlobalContext: false,
  })
  return {
    pool,
    orm,
    async run(text, values = [], { fitted = false, raw = false } = {}) {
      const query = fitted ? { text, values: [...values] } : named(text, values)
      const { rows } = await pool.query(raw ? { ...query, ...asArrays } : query)
      return rows
    },
    async aside(text, values = []) {
      const { rows } = await beside.query(named(text, values))
      return rows
    },
    async close() {
      await orm.close(true)
      await Promise.all([pool, beside].map((each) => each.ended || each.end()))
    },
  }
}

function open(url: string, size: number, onLost: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({
    Client: PreparingClient,
    connectionString: url,
    max: size,
    types: { getTypeParser },
    application_name: 'tessera',
    statement_timeout: patience.statement,
    lock_timeout: patience.lock,
    idle_in_transaction_session_timeout: 4 * patience.statement,
    connectionTimeoutMillis: patience.connection,
    // Compiling a plan to machine code takes longer than any statement of ours, and a page must not take more than its share of processors.
    // With every addon a list joins 17 tables for labels, in an order that does not matter: PostgreSQL took 130 ms to try the orders, now 8.
    options: '-c timezone=UTC -c jit=off -c max_parallel_workers_per_gather=0 -c join_collapse_limit=4',
  })
  pool.on('error', onLost)
  // pg-pool removes its own listener while a client is checked out; without one, a drop would end the process.
  pool.on('connect', (client) => client.on('error', onLost))
  return pool
}

/** The pool as Kysely sees it: what the unit of work runs is prepared too. */
function preparing(pool: pg.Pool): ConstructorParameters<typeof PostgresDialect>[0]['pool'] {
  return {
    async connect() {
      const client = await pool.connect()
      return {
        query: (sql: never, values?: readonly unknown[]) => client.query(typeof sql === 'string' ? named(sql, values ?? []) : sql),
        release: () => client.release(),
      } as never
    },
    end: async () => {},
  } as never
}

const { builtins } = pg.types
const asArrays = {
  rowMode: 'array',
  types: {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      oid === builtins.TIMESTAMPTZ ? (text: string) => text : getTypeParser(oid, format),
  },
}
/** Days stay texts, numbers are numbers, instants are read without a parser for all formats: sessions are in UTC. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: never) => unknown {
  switch (oid) {
    case builtins.DATE:
      return (text: string) => text
    case builtins.NUMERIC:
    case builtins.INT8:
      return (text: string) => Number(text)
    case builtins.TIMESTAMPTZ:
      return instant
    default:
      return pg.types.getTypeParser(oid as never, format as never)
  }
}

/** `2024-04-01 12:00:00.5+00`, by its digits: in half the time of the general parser. */
export function instant(text: string): Date {
  if (!text.endsWith('+00')) return new Date(text)
  // Date.UTC takes the year 99 for 1999.
  if (text[0] === '0' || text[4] !== '-') return new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`)
  const pair = (at: number) => (text.charCodeAt(at) - zero) * 10 + text.charCodeAt(at + 1) - zero
  let ms = 0
  for (let at = 20, worth = 100; at < text.length - 3 && worth >= 1; at++, worth /= 10) ms += (text.charCodeAt(at) - zero) * worth
  return new Date(Date.UTC(pair(0) * 100 + pair(2), pair(5) - 1, pair(8), pair(11), pair(14), pair(17), ms))
}
const zero = '0'.charCodeAt(0)
