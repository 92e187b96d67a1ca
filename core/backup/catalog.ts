/** What a database has, asked of its catalogue: no models are needed for it, so that a backup is made even of modules that do not boot. */
import type pg from 'pg'
import type { ArchivedTable } from './manifest.ts'

/**
 * Tables with their columns in the order of their places. Not those of extensions, nor those that are not logged and worth
 * nothing after a crash; a partitioned one is one table.
 */
export async function tablesOf(client: pg.ClientBase): Promise<readonly ArchivedTable[]> {
  const { rows } = await client.query<ArchivedTable>(
    `select c.relname as name, json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
         'generated', a.attgenerated <> '', 'required', a.attnotnull) order by a.attnum) as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where ${ours} and c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p'
      group by c.relname order by c.relname`,
  )
  return rows
}

/** In the schema of the models, and not made by an extension. */
const ours = `c.relnamespace = 'public'::regnamespace
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`

/** About how many bytes each table takes. */
export async function sizeOf(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ size: string }>(
    `select coalesce(sum(pg_table_size(c.oid)), 0) as size from pg_class c where ${ours} and c.relkind = 'r' and c.relpersistence = 'p'`,
  )
  return Number(rows[0]?.size)
}

export interface Sequence {
  readonly schema: string
  readonly name: string
  readonly value: string
  readonly called: boolean
}

/** Sequences do not belong to a snapshot: read after it was taken, they are at least as far as its rows. */
export async function sequencesOf(client: pg.ClientBase): Promise<readonly Sequence[]> {
  const { rows } = await client.query<{ schema: string; name: string; from: string }>(
    `select n.nspname as schema, c.relname as name, format('%I.%I', n.nspname, c.relname) as from
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'S' and n.nspname in ('public', 'tessera_seq') order by 1, 2`,
  )
  const found: Sequence[] = []
  for (const { schema, name, from } of rows) {
    const { rows: now } = await client.query<{ value: string; called: boolean }>(
      `select last_value as value, is_called as called from ${from}`,
    )
    found.push({ schema, name, ...now[0]! })
  }
  return found
}

export async function hasTable(client: pg.ClientBase, name: string): Promise<boolean> {
  const { rows } = await client.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [name])
  return rows[0]?.exists === true
}
