/** The schema of a set of modules as statements, parted by whether they come before the rows or after them. */
import { connect } from '../database/connection.ts'
import { entitiesOf } from '../model/entities.ts'
import { derivedIndexes } from '../model/indexes.ts'
import type { Composition } from '../module/composition.ts'

export interface SchemaStatements {
  /** Tables, and what modules wrote themselves: rules and triggers, and whatever rows need. */
  readonly before: readonly string[]
  /** Indexes and constraints: made once over all rows, in a fraction of the time, and in whatever order the tables came. */
  readonly after: readonly string[]
}

/** Nothing is connected to; `url` only tells which database it would be. */
export async function schemaStatements(composition: Composition, url: string): Promise<SchemaStatements> {
  const entities = entitiesOf(composition.models, derivedIndexes(composition.models, composition.screens))
  const connection = connect(url, 1, [...entities.values()], () => undefined)
  try {
    const sql = await connection.orm.schema.getCreateSchemaSQL({ wrap: false })
    const all = sql
      .split(/;\n/)
      .map((each) => each.trim().replace(/;$/, ''))
      .filter((statement) => statement !== '')
    const own = composition.models.all.flatMap((model) => [...model.ddl.values()].map(({ up }) => up))
    const isTable = (statement: string): boolean => /^create table /.test(statement)
    const isIndex = (statement: string): boolean => /^\s*create (unique )?index /i.test(statement)
    return {
      before: [...all.filter(isTable), ...own.filter((statement) => !isIndex(statement))],
      after: [...all.filter((statement) => !isTable(statement)), ...own.filter(isIndex)],
    }
  } finally {
    await connection.close()
  }
}
