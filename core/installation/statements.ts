/** Statements of the schema as changes that a person can read, with what they touch. */
import type { Manifest } from './manifest.ts'
import type { SchemaChange, SchemaKind } from './plan.ts'

/** What is known of tables before the operation. */
export interface Known {
  readonly manifest: Pick<Manifest, 'tables'>
  /** Rows of a table, none when it does not exist yet. */
  rows(table: string): number
}

/** Above so many rows an index is built after the transaction, while everybody works. */
export const largeTable = 50_000

/** One statement of `schemaDifference` as a change. */
export function changeOf(statement: string, { manifest, rows }: Known): SchemaChange {
  const { kind, table, name, about } = parsed(statement)
  const count = table === undefined ? 0 : rows(table)
  const owner = table === undefined ? undefined : manifest.tables[table]
  const column = kind === 'add column' || kind === 'change column' ? owner?.columns[name ?? ''] : undefined
  return {
    kind,
    module: column?.module ?? moduleOfIndex(owner, about) ?? owner?.module,
    table,
    name,
    about,
    rows: count,
    values: undefined,
    seconds: secondsFor(kind, statement, count),
    sql: [statement],
    apart: kind === 'create index' && count > largeTable,
  }
}

/** The table that a statement is about. */
export function tableOf(statement: string): string | undefined {
  return parsed(statement).table
}

interface Parsed {
  readonly kind: SchemaKind
  readonly table?: string
  readonly name?: string
  readonly about?: string
}

function parsed(statement: string): Parsed {
  for (const [pattern, kind] of shapes) {
    const groups = pattern.exec(statement)?.groups
    if (groups) return { kind, ...groups, ...(groups.about && { about: words(kind, groups.about) }) }
  }
  return { kind: 'other' }
}

const shapes: readonly (readonly [RegExp, SchemaKind])[] = [
  [/^create table "(?<table>[^"]+)"/, 'create table'],
  [/^alter table "(?<table>[^"]+)" add constraint "(?<name>[^"]+)" (?<about>.*)$/s, 'add constraint'],
  [/^alter table "(?<table>[^"]+)" drop constraint "(?<name>[^"]+)"/, 'drop constraint'],
  [/^alter table "(?<table>[^"]+)" add "(?<name>[^"]+)" (?<about>.*)$/s, 'add column'],
  [/^alter table "(?<table>[^"]+)" alter column "(?<name>[^"]+)" (?<about>.*)$/s, 'change column'],
  [/^alter table "(?<table>[^"]+)" rename column "(?<name>[^"]+)" (?<about>.*)$/s, 'rename column'],
  [/^create (?:unique )?index "(?<name>[^"]+)" on "(?<table>[^"]+)" (?:using )?(?<about>.*)$/s, 'create index'],
  [/^drop index "(?<name>[^"]+)"/, 'drop index'],
]

/** `uuid null` -> `uuid, empty allowed`; of an index, what it orders. */
function words(kind: SchemaKind, sql: string): string {
  if (kind === 'add column') {
    const text = sql
      .replace(/ not null/, '')
      .replace(/ null\b/, ', empty allowed')
      .replace(/ default /, ', default ')
    return text.replace(/ generated always as .*$/s, ', computed')
  }
  if (kind === 'create index') return sql.replaceAll('"', '').replace(/ with \(.*?\)/, '')
  return sql.replaceAll('"', '').replace(/ on (update|delete) no action/g, '')
}

/** An index over columns of an addon is the addon's. */
function moduleOfIndex(owner: Manifest['tables'][string] | undefined, about: string | undefined): string | undefined {
  if (!owner || !about) return undefined
  const named = Object.entries(owner.columns).filter(([column]) => new RegExp(`\\b${column}\\b`).test(about))
  return named.map(([, { module }]) => module).find((module) => module !== owner.module)
}

/** Measured on two processors with a table of a million rows; meant to tell a moment from a coffee break. */
function secondsFor(kind: SchemaKind, statement: string, rows: number): number {
  const perSecond = {
    'create index': / using gin /.test(statement) ? 60_000 : 700_000,
    'change column': 400_000,
    'add constraint': 1_500_000,
  }[kind as string]
  const rewrites = kind === 'add column' && / generated always as /.test(statement)
  return rewrites ? rows / 300_000 : perSecond ? rows / perSecond : 0
}
