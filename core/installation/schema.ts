/** What the models have and the database has not. */
import type { Connection } from '../database/connection.ts'

/**
 * The statements that bring the schema to the models; tables and columns are never dropped. Indexes and constraints are
 * dropped only where models had made them: those of raw DDL, or of whoever runs the database, are not ours to remove.
 */
export async function schemaDifference({ orm }: Connection): Promise<readonly string[]> {
  const sql = await orm.schema.getUpdateSchemaSQL({ wrap: false, safe: true, dropTables: false })
  return sql
    .split(/;\n/)
    .map((each) => each.trim().replace(/;$/, ''))
    .filter((statement) => statement !== '' && !removesForeign(statement))
}

function removesForeign(statement: string): boolean {
  const [, index] = /^drop index "([^"]+)"$/.exec(statement) ?? []
  const [, constraint] = /^alter table "[^"]+" drop constraint "([^"]+)"$/.exec(statement) ?? []
  if (index !== undefined) return !/^(ix|uq)_/.test(index)
  return constraint !== undefined && !/_(check|foreign|pkey)$/.test(constraint)
}
