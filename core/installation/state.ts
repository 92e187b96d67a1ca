/** What a database says about itself: which modules it has, whether they are enabled, and what they brought. */
import pg from 'pg'
import type { OwnField } from '../module/own-field.ts'
import type { Manifest } from './manifest.ts'

export interface InstalledModule {
  readonly name: string
  readonly version: string
  /** A disabled module keeps its tables and takes no part in anything. */
  readonly state: 'enabled' | 'disabled'
}

export interface InstalledState {
  readonly modules: readonly InstalledModule[]
  /** Raised by every operation that changes what processes must load. */
  readonly revision: number
  /** What the modules had brought when they were last installed or upgraded; undefined before the first time. */
  readonly manifest: Manifest | undefined
  readonly fingerprint: string | undefined
  /** What administrators added, in the order of its age. */
  readonly fields: readonly OwnField[]
}

/** Runs one statement and returns its rows. */
export type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>

/** Undefined for a database that Tessera has not seen yet. */
export async function readState(query: Query): Promise<InstalledState | undefined> {
  const [known] = await query(`select to_regclass('tessera_module') is not null as exists`)
  if (!known?.exists) return undefined
  // As JSON, because an older database lacks the newer columns.
  const rows = await query('select to_jsonb(m) as module from tessera_module m order by name')
  if (rows.length === 0) return undefined
  const modules = rows.map(({ module }) => {
    const { name, version, state = 'enabled' } = module as Omit<InstalledModule, 'state'> & Partial<Pick<InstalledModule, 'state'>>
    return { name, version, state }
  })
  const values = await query(`select key, value from tessera_state where key in ('fingerprint', 'revision', 'manifest')`)
  const kept = (key: string) => values.find((row) => row.key === key)?.value
  return {
    modules,
    revision: Number(kept('revision') ?? 0),
    manifest: kept('manifest') as Manifest | undefined,
    fingerprint: kept('fingerprint') as string | undefined,
    fields: await readFields(query),
  }
}

async function readFields(query: Query): Promise<readonly OwnField[]> {
  const [known] = await query(`select to_regclass('tessera_field') is not null as exists`)
  if (!known?.exists) return []
  const rows = await query('select model, name, definition from tessera_field order by created_at, model, name')
  return rows as unknown as readonly OwnField[]
}

/** The same, asked on a connection of its own. Throws what PostgreSQL says when it cannot be asked. */
export async function stateOf(url: string): Promise<InstalledState | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    return await readState(async (text, values = []) => (await client.query(text, [...values])).rows)
  } finally {
    await client.end()
  }
}

/** Keeps one value of `tessera_state`. */
export async function keepState(query: Query, key: 'core' | 'fingerprint' | 'revision' | 'manifest', value: unknown): Promise<void> {
  await query('insert into tessera_state (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value', [
    key,
    JSON.stringify(value),
  ])
}
