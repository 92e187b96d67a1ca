/** Which tables and columns the database has at this moment. */
import type { Transaction } from '../records/transaction.ts'

export interface ColumnsNow {
  has(table: string, column?: string): boolean
  /** Whether a column may be empty. */
  isNullable(table: string, column: string): boolean
}

export async function columnsNow(transaction: Transaction): Promise<ColumnsNow> {
  const rows = await transaction.run(
    `select table_name, column_name, is_nullable = 'YES' as nullable from information_schema.columns where table_schema = current_schema()`,
    [],
  )
  const tables = new Map<string, Map<string, boolean>>()
  for (const { table_name: table, column_name: column, nullable } of rows) {
    const columns = tables.get(String(table)) ?? new Map<string, boolean>()
    tables.set(String(table), columns.set(String(column), nullable === true))
  }
  return {
    has: (table, column) => (column === undefined ? tables.has(table) : (tables.get(table)?.has(column) ?? false)),
    isNullable: (table, column) => tables.get(table)?.get(column) ?? false,
  }
}
