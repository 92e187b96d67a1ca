/** Which column of a file fills which field: what can be chosen, and what its name says. */
import { createHash } from 'node:crypto'
import { type Importable, importable, labelOf, type ModelMeta } from '@tessera/core'
import type { Reader } from '../server/reader.ts'
import { pathLabel } from '../server/words.ts'
import { type ColumnMap, filledBy, ImportRun } from './import-run.model.ts'

/** A field that a column may fill. */
export interface Target {
  readonly path: string
  readonly label: string
  /** Other names by which a column may mean it. */
  readonly names: readonly string[]
  readonly isUnique: boolean
}

/** In the order of the model, its id last; a relation is followed by the fields that may find its records. */
export function targetsOf({ ability, t }: Reader, model: ModelMeta): readonly Target[] {
  const [own, others] = [[], []] as [Importable[], Importable[]]
  for (const about of importable(model, ability)) (about.field.name === 'id' ? own : others).push(about)
  return [...others, ...own].flatMap((about) => [ownTarget(about, model, t), ...relatedTargets(about, t)])
}

function ownTarget({ field, isUnique }: Importable, model: ModelMeta, t: Reader['t']): Target {
  const label = field.name === 'id' ? t('web.import_record_id') : labelOf(field, t)
  // The record's own id is hardly what another program calls so: it is only ever chosen.
  const names = field.name === 'id' ? [] : [field.name, field.label, label, pathLabel(model, field.name, t)]
  return { path: field.name, label, names, isUnique }
}

function relatedTargets({ field, by }: Importable, t: Reader['t']): readonly Target[] {
  if (field.kind === 'scalar') return []
  return by.flatMap((name) => {
    const inner = field.target.fields.get(name)
    if (!inner) return []
    const label = `${labelOf(field, t)} / ${labelOf(inner, t)}`
    const path = `${field.name}.${name}`
    return [{ path, label, names: [path, label, `${field.label} / ${inner.label}`], isUnique: false }]
  })
}

/** As the last file with the same columns was matched, else by the names of the columns. */
export async function firstMatch(reader: Reader, model: ModelMeta, header: readonly string[]): Promise<Pick<ImportRun, 'columns' | 'key'>> {
  const targets = targetsOf(reader, model)
  const [last] = await lastOf(reader, model, headingOf(header))
  if (last && Object.values(last.columns).every((path) => targets.some((target) => target.path === path)))
    return { columns: last.columns, key: last.key }
  return { columns: guessed(targets, header), key: null }
}

async function lastOf({ records, services }: Reader, model: ModelMeta, heading: string) {
  const where = {
    user: services.context.caller.id ?? '',
    model: model.name,
    heading,
    state: { $in: ['importing' as const, 'done' as const] },
  }
  const { rows } = await records.query(ImportRun, { fields: ['columns', 'key'], where, limit: 1 })
  return rows
}

/** The same for the same columns, whether or not reasons were put behind them. */
export function headingOf(header: readonly string[]): string {
  const own = header.filter((column) => column.toLowerCase() !== 'error')
  return createHash('sha256').update(JSON.stringify(own)).digest('hex')
}

function guessed(targets: readonly Target[], header: readonly string[]): ColumnMap {
  const columns = new Map<string, string>()
  const taken = new Set<string>()
  for (const column of header) {
    const found = targets.find(({ path, names }) => !taken.has(fieldOf(path)) && names.some((name) => plain(name) === plain(column)))
    if (!found || column === '') continue
    columns.set(column, found.path)
    taken.add(fieldOf(found.path))
  }
  return Object.fromEntries(columns)
}

const fieldOf = (path: string): string => path.split('.')[0]!

/** `External id`, `external_id` and `externalId` are the same name. */
function plain(name: string): string {
  return name
    .normalize('NFKC')
    .toLocaleLowerCase()
    .replace(/[\s_-]+/g, '')
}

/** What of a form's choices can be: a column of the file, a field that may be filled. */
export function chosenColumns(
  targets: readonly Target[],
  header: readonly string[],
  chosen: (index: number) => string | undefined,
): ColumnMap {
  return Object.fromEntries(
    header.flatMap((column, index): [string, string][] => {
      const path = chosen(index)
      return column !== '' && targets.some((target) => target.path === path) ? [[column, path!]] : []
    }),
  )
}

/** The fields that could tell that a record is there already, of those that a column fills. */
export function keysOf(targets: readonly Target[], columns: ColumnMap): readonly Target[] {
  const filled = new Set(Object.values(columns))
  return targets.filter(({ path, isUnique }) => isUnique && filled.has(path))
}

/** As the engine wants it, in the order of the file; without a choice it takes the external id. */
export function wantedOf({ header, columns, key }: Pick<ImportRun, 'header' | 'columns' | 'key'>) {
  const field = Object.values(columns).includes('id') ? 'id' : key
  const column = Object.keys(columns).find((name) => columns[name] === field)
  const ordered = header.flatMap((name): [string, string][] => {
    const path = filledBy(columns, name)
    return path === undefined ? [] : [[name, path]]
  })
  return { columns: new Map(ordered), id: field !== null && column !== undefined ? { column, field } : undefined }
}
