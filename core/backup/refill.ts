/** The transaction of a restore: schema, rows, counters, jobs, then indexes and constraints over all of it. */

import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { z } from 'zod'
import { lockKey } from '../database/locks.ts'
import { UserError } from '../errors.ts'
import { readState } from '../installation/state.ts'
import { coreTables } from '../installation/tables.ts'
import type { ModelMeta } from '../model/meta.ts'
import { compose } from '../module/compose.ts'
import type { Composition, Package } from '../module/composition.ts'
import { loadModules } from '../module/load.ts'
import { withOwnFields } from '../module/with-own-fields.ts'
import { watched } from './archive.ts'
import { tablesOf } from './catalog.ts'
import { type ArchivedTable, type BackupManifest, jobsPart, sequencesPart, tablePart } from './manifest.ts'
import type { OpenedArchive } from './opened.ts'
import { refuseFull } from './refusals.ts'
import { copyIn } from './rows.ts'
import { schemaStatements } from './schema.ts'

export interface Refill {
  readonly client: pg.Client
  readonly archive: OpenedArchive
  readonly manifest: BackupManifest
  readonly packages: readonly Package[]
  readonly url: string
  readonly onProgress: (done: number, total: number) => void
}

/** The number of rows that went in. */
export async function refill(about: Refill): Promise<number> {
  const { client, archive, manifest, packages, url } = about
  const taking = new Taking(about)
  await client.query('begin')
  await client.query(`select pg_advisory_xact_lock(${lockKey('install')})`)
  await refuseFull(client)
  await refillCore(client, manifest, taking)
  const composition = await composed(client, manifest, packages)
  const schema = await schemaStatements(composition, url)
  for (const statement of schema.before) await client.query(statement)
  await refillModels(client, manifest, composition, taking)
  if (manifest.jobColumns.length > 0) await taking.part('pgboss.job', manifest.jobColumns, jobsPart)
  await setSequences(client, await text(await archive.read(sequencesPart)))
  const waiting = await waitingIndexes(client)
  for (const statement of schema.after.filter((each) => !waiting.has(indexIn(each))))
    await client.query(statement).catch((cause: unknown) => Promise.reject(unfit(statement, cause)))
  await client.query('commit')
  return taking.rows
}

/** Parts of the archive on their way into tables. */
class Taking {
  rows = 0
  readonly #about: Refill
  readonly #total: number
  #done = 0

  constructor(about: Refill) {
    this.#about = about
    this.#total = [...about.archive.parts.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  }

  table({ name, columns }: ArchivedTable): Promise<void> {
    const names = columns.filter(({ generated }) => !generated).map((column) => column.name)
    return this.part(pg.escapeIdentifier(name), names, tablePart(name))
  }

  async part(table: string, columns: readonly string[], name: string): Promise<void> {
    const { client, archive, onProgress } = this.#about
    const content = await archive.read(name)
    const watch = watched((length) => {
      this.#done += length
      onProgress(Math.min(this.#done, this.#total), this.#total)
    })
    try {
      await pipeline(content, watch.stream, copyIn(client, table, columns.map(pg.escapeIdentifier)))
    } catch (cause) {
      throw unfit(table, cause)
    }
    this.rows += archive.parts.get(name)?.rows ?? 0
  }
}

/** First, since they tell which models there are. */
async function refillCore(client: pg.Client, manifest: BackupManifest, taking: Taking): Promise<void> {
  for (const statement of coreTables) await client.query(statement)
  const tables = manifest.tables.filter(isOfCore)
  await adopt(client, tables)
  for (const table of tables) {
    // Core's own tables are made before anything else is, and know that.
    await client.query(`truncate ${escaped(table)}`)
    await taking.table(table)
  }
}

async function refillModels(client: pg.Client, manifest: BackupManifest, { models }: Composition, taking: Taking): Promise<void> {
  const tables = manifest.tables.filter((table) => !isOfCore(table))
  await adopt(client, tables)
  const fleeting = fleetingTables(models)
  const kept = tables.filter(({ name }) => !fleeting.has(name))
  // What a trigger would do was done when the rows were written first.
  for (const table of kept) await client.query(`alter table ${escaped(table)} disable trigger user`)
  for (const table of kept) await taking.table(table)
  for (const table of kept) await client.query(`alter table ${escaped(table)} enable trigger user`)
}

/** Of models whose records end with the database that they were made in, and between these and others. */
function fleetingTables({ all }: Composition['models']): ReadonlySet<string> {
  const isFleeting = ({ traits }: ModelMeta): boolean => traits.fleeting === true
  const between = all.flatMap((model) =>
    [...model.fields.values()].flatMap((field) =>
      field.kind === 'many' && field.pivot && (isFleeting(model) || isFleeting(field.target)) ? [field.pivot.table] : [],
    ),
  )
  return new Set([...all.filter(isFleeting).map(({ table }) => table), ...between])
}

/** With what administrators have added to the models, of which the rows of core tell. */
async function composed(client: pg.Client, { modules }: BackupManifest, packages: readonly Package[]): Promise<Composition> {
  const state = await readState(async (sql, values = []) => (await client.query(sql, [...values])).rows)
  const names = modules.map(({ name }) => name)
  return compose(withOwnFields(await loadModules(packages, names), state?.fields ?? [], { hidden: true }))
}

const isOfCore = ({ name }: ArchivedTable): boolean => name.startsWith('tessera_')
const escaped = ({ name }: { readonly name: string }): string => pg.escapeIdentifier(name)

/**
 * What differs from the models as it did where the backup was made: tables and columns that an earlier version left behind wait for
 * somebody to purge them here too, and a required column that was not filled everywhere yet may be empty until it is.
 */
async function adopt(client: pg.Client, wanted: readonly ArchivedTable[]): Promise<void> {
  const there = new Map(
    (await tablesOf(client)).map(({ name, columns }) => [name, new Map(columns.map((column) => [column.name, column]))]),
  )
  for (const { name, columns } of wanted) {
    const table = pg.escapeIdentifier(name)
    const known = there.get(name)
    if (!known) await client.query(`create table ${table} ()`)
    for (const column of columns) {
      const own = known?.get(column.name)
      if (!own) await client.query(`alter table ${table} add column ${escaped(column)} ${typeIn(name, column.type)}`)
      else if (own.required && !column.required) await client.query(`alter table ${table} alter column ${escaped(column)} drop not null`)
    }
  }
}

/** An archive must not bring statements along: a type is words, perhaps with sizes. */
function typeIn(table: string, type: string): string {
  if (/^[a-z_]+[a-z0-9_ ]*(\(\d+(,\d+)?\))?[a-z ]*(\[\])?$/.test(type)) return type
  throw new UserError('backup.strange_type', 'The archive has a column of the type "{type}" in {table}, which no module declares.', {
    type,
    table,
  })
}

/** Indexes that were still to be built, or could not be: they are here too. */
async function waitingIndexes(client: pg.Client): Promise<ReadonlySet<string | undefined>> {
  const { rows } = await client.query<{ name: string }>('select name from tessera_index')
  return new Set(rows.map(({ name }) => name))
}

function indexIn(statement: string): string | undefined {
  return /^create (?:unique )?index "?([^" ]+)/.exec(statement)?.[1]
}

async function setSequences(client: pg.Client, document: string): Promise<void> {
  for (const { schema, name, value, called } of sequences.parse(JSON.parse(document))) {
    const sequence = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`
    await client.query(`create sequence if not exists ${sequence}`)
    await client.query('select setval($1::regclass, $2::bigint, $3)', [sequence, value, called])
  }
}

const sequences = z.array(
  z.object({ schema: z.enum(['public', 'tessera_seq']), name: z.string(), value: z.string().regex(/^-?\d+$/), called: z.boolean() }),
)

/** What PostgreSQL does not take, though module and version are the same: the code is another. */
function unfit(what: string, cause: unknown): unknown {
  const { code, message } = cause as { code?: string; message?: string }
  // Of the database itself, not of what it was given.
  if (code === undefined || !/^(22|23|42)/.test(code)) return cause
  return new UserError(
    'backup.does_not_fit',
    'The backup does not fit the modules that lie here, though their versions are the same: {message} ({what}). Nothing was restored.',
    { message, what },
    { cause },
  )
}
