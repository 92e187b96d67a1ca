/**
 * MikroORM writes values into the text of a statement. Here they stay parameters, so that PostgreSQL parses and plans what the
 * unit of work does once per connection, like everything else.
 */
import type { EntityData, LoggingOptions, Transaction } from '@mikro-orm/core'
import {
  type NativeQueryBuilder,
  PostgreSqlConnection,
  PostgreSqlDriver,
  type QueryResult,
  type RawQueryFragment,
} from '@mikro-orm/postgresql'
import { CompiledQuery } from 'kysely'

class PreparingConnection extends PostgreSqlConnection {
  override async execute<T extends QueryResult | EntityData<object> | EntityData<object>[] = EntityData<object>[]>(
    query: string | NativeQueryBuilder | RawQueryFragment,
    params: readonly unknown[] | Record<string, unknown> = [],
    method: 'all' | 'get' | 'run' = 'all',
    transaction?: Transaction,
    logging?: LoggingOptions,
  ): Promise<T> {
    const numbered =
      typeof query === 'string' && Array.isArray(params) && params.every(isPlain) ? withNumbers(query, params.length) : undefined
    if (numbered === undefined) return super.execute(query, params, method, transaction, logging)
    await this.ensureConnection()
    return this.executeQuery(
      numbered,
      async () => {
        const result = await (transaction ?? this.getClient()).executeQuery(
          CompiledQuery.raw(numbered, [...(params as readonly unknown[])]),
        )
        return this.transformRawResult<T>(result, method)
      },
      { query: numbered, params: params as readonly unknown[], ...logging },
    )
  }
}

/** For `driver` of MikroORM's options. */
export class PreparingDriver extends PostgreSqlDriver {
  protected override readonly connection = new PreparingConnection(this.config)
}

/** What pg sends as the same value that MikroORM would write; of objects only it knows how. */
function isPlain(value: unknown): boolean {
  return value === null || value instanceof Date || ['string', 'number', 'boolean'].includes(typeof value)
}

/** `?` as `$1`, `$2`; undefined for a text with `??`, an escaped `\?`, or other question marks than its parameters. */
function withNumbers(query: string, count: number): string | undefined {
  const parts = query.split('?')
  if (count === 0 || parts.length !== count + 1 || parts.some((part, at) => at < count && (part.endsWith('\\') || (at > 0 && part === ''))))
    return undefined
  return parts.reduce((text, part, at) => `${text}$${at}${part}`)
}
