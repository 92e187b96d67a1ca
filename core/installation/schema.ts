/** What the models have and the database has not. */
import { DatabaseSchema, type MikroORM } from '@mikro-orm/postgresql'
import type { Connection } from '../database/connection.ts'
import type { Transaction } from '../records/transaction.ts'

/**
 * The statements that bring the schema to the models, as the database is inside `transaction`, or now; tables and columns are never
 * dropped. Indexes and constraints are dropped only where models had made them: those of raw DDL, or of whoever runs the database,
 * are not ours to remove.
 */
export async function schemaDifference({ orm }: Pick<Connection, 'orm'>, transaction?: Transaction): Promise<readonly string[]> {
  const fromSchema = await present(orm, transaction)
  withoutStrangers(fromSchema, orm)
  const sql = await orm.schema.getUpdateSchemaSQL({ wrap: false, safe: true, dropTables: false, fromSchema })
  return sql
    .split(/;\n/)
    .map((each) => each.trim().replace(/;$/, ''))
    .filter((statement) => statement !== '' && !removesForeign(statement))
    .flatMap(columnByColumn)
}

function present(orm: MikroORM, transaction: Transaction | undefined): Promise<DatabaseSchema> {
  const driver = orm.em.getDriver()
  const { skipTables } = orm.config.get('schemaGenerator')
  const context = transaction?.kysely as Parameters<typeof DatabaseSchema.create>[8]
  return DatabaseSchema.create(
    driver.getConnection(),
    driver.getPlatform(),
    orm.config,
    undefined,
    undefined,
    undefined,
    skipTables,
    undefined,
    context,
  )
}

/**
 * Columns that no model has stay out of the comparison. They would not be dropped, but a new column of the same type would be
 * taken for one of them under another name, and would get its values.
 */
function withoutStrangers(schema: DatabaseSchema, orm: MikroORM): void {
  const target = orm.schema.getTargetSchema()
  for (const table of schema.getTables()) {
    const wanted = target.getTable(table.name)
    if (!wanted) continue
    for (const { name } of table.getColumns()) if (!wanted.hasColumn(name)) table.removeColumn(name)
  }
}

function removesForeign(statement: string): boolean {
  const [, index] = /^drop index "([^"]+)"$/.exec(statement) ?? []
  const [, constraint] = /^alter table "[^"]+" drop constraint "([^"]+)"$/.exec(statement) ?? []
  if (index !== undefined) return !/^(ix|uq)_/.test(index)
  return constraint !== undefined && !/_(check|foreign|pkey)$/.test(constraint)
}

/** `alter table "t" add "a" …, add "b" …` as a statement for each column. */
function columnByColumn(statement: string): readonly string[] {
  const [, table, columns] = /^(alter table "[^"]+") (add "[^"]+" .*)$/s.exec(statement) ?? []
  if (table === undefined || columns === undefined) return [statement]
  return columns.split(/, (?=add "[^"]+" )/).map((column) => `${table} ${column}`)
}
