import type { ModelMeta, Records } from '@tessera/core'

/** A record of a model that is known only at run time: its fields by name, relations as `{ id, label, … }`. */
export interface Row {
  readonly id: string
  readonly label?: string
  readonly [field: string]: unknown
}

export interface RowsAsk {
  readonly fields: readonly string[]
  readonly where?: object | undefined
  readonly order?: Readonly<Record<string, 'asc' | 'desc'>> | undefined
  readonly q?: string | undefined
  readonly limit?: number
  readonly cursor?: string | undefined
  readonly total?: boolean | 'about'
  /** For a value that may be rare or common: how to look for it is decided for it. */
  readonly fitted?: boolean
  readonly may?: string
  /** Only what can be chosen now. */
  readonly offered?: boolean
}

export interface RowsPage {
  readonly rows: readonly Row[]
  readonly next: string | null
  readonly previous: string | null
  readonly total?: number
  readonly capped?: boolean
}

/** Each row also has the record's own label. */
export async function queryRows(records: Records, model: ModelMeta, ask: RowsAsk): Promise<RowsPage> {
  // A handle that was looked up has lost its record type: names were checked at boot and are checked again by the query.
  return (await records.query(model.handle, { ...ask, label: true } as never)) as unknown as RowsPage
}

/** One record with the named fields; undefined when there is none that the reader may see. */
export async function findRow(records: Records, model: ModelMeta, id: string, fields: readonly string[]): Promise<Row | undefined> {
  const { rows } = await queryRows(records, model, { fields, where: { id }, order: { id: 'asc' }, limit: 1 })
  return rows[0]
}

export async function updateRow(
  records: Records,
  model: ModelMeta,
  id: string,
  changes: Readonly<Record<string, unknown>>,
  version?: number,
): Promise<Row> {
  return (await records.update(model.handle, id, changes as never, version)) as Row
}

export async function createRow(records: Records, model: ModelMeta, draft: Readonly<Record<string, unknown>>): Promise<Row> {
  return (await records.create(model.handle, draft as never)) as Row
}

/** `{ id, label }` of a related record, or undefined. */
export function relatedIn(value: unknown): Row | undefined {
  return typeof value === 'object' && value !== null && 'id' in value ? (value as Row) : undefined
}

/** The value at a path of a row. */
export function valueAt(row: Row, path: string): unknown {
  let at: unknown = row
  for (const step of path.split('.')) {
    if (typeof at !== 'object' || at === null) return null
    at = (at as Readonly<Record<string, unknown>>)[step]
  }
  return at ?? null
}
