import { staff, User } from '@tessera/base'
import { defineModel, type Encoding, type Fields, type Model, me, p } from '@tessera/core'

/** Which column of the file fills which field: by the column's name the path of a field. */
export type ColumnMap = Readonly<Record<string, string>>
/** The field that a column fills; a column may be called like what every object has, such as `constructor`. */
export function filledBy(columns: ColumnMap, name: string): string | undefined {
  return Object.hasOwn(columns, name) ? columns[name] : undefined
}
/** A sentence of the catalogue. */
export interface Said {
  readonly code: string
  readonly values: Readonly<Record<string, unknown>>
}

const fields = {
  user: () => p.manyToOne(User),
  model: p.string(),
  name: p.string(),
  file: p.string().nullable(),
  header: p.json().$type<readonly string[]>(),
  delimiter: p.string(),
  encoding: p.string().$type<Encoding>().nullable(),
  total: p.integer(),
  heading: p.string(),
  columns: p.json().$type<ColumnMap>(),
  key: p.string().nullable(),
  locale: p.string(),
  state: p.enum(['matching', 'testing', 'tested', 'importing', 'done', 'stopped']),
  attempt: p.integer().default(0),
  done: p.integer().default(0),
  created: p.integer().default(0),
  updated: p.integer().default(0),
  unchanged: p.integer().default(0),
  failed: p.integer().default(0),
  reason: p.json().$type<Said>().nullable(),
  startedAt: p.datetime().nullable(),
  finishedAt: p.datetime().nullable(),
}

/** A file that somebody takes into one model: what it is, which column fills what, and how far it is. */
export interface ImportRun extends Fields<typeof fields> {}
export const ImportRun: Model<ImportRun> = defineModel('importRun', fields, {
  title: 'name',
  order: { createdAt: 'desc' },
  exposed: false,
  extensible: false,
  fields: {
    name: { help: 'What its sender calls the file.' },
    file: { help: 'Where the file is kept, as CSV; empty once nobody needs it.' },
    encoding: { help: 'Empty for what is written here as UTF-8, of a workbook.' },
    heading: { help: 'A hash of the columns: a file with the same ones is matched as the last one was.' },
    columns: { help: 'Which column fills which field.' },
    key: { help: 'The field that tells that a record is there already.' },
    attempt: { help: 'Raised by each test and each import, so that only the refusals of the latest count.' },
    done: { help: 'Rows that were dealt with, refused ones included.' },
    reason: { help: 'Why it stopped.' },
  },
  indexes: [{ of: ['user', 'model', 'heading'] }],
})

const refusalFields = {
  run: () => p.manyToOne(ImportRun),
  attempt: p.integer(),
  row: p.integer(),
  problems: p.json().$type<readonly { readonly column: string | null; readonly sentence: string }[]>(),
}

/** A row of a file that was not taken in, and why, in the words of whoever imports it. */
export interface ImportRefusal extends Fields<typeof refusalFields> {}
export const ImportRefusal: Model<ImportRefusal> = defineModel('importRefusal', refusalFields, {
  title: 'row',
  order: { row: 'asc' },
  within: ['run'],
  exposed: false,
  extensible: false,
  indexes: [{ of: ['run', 'attempt', 'row'] }],
})

/** A file is its sender's. */
export const importRules = [staff.can('read', ImportRun, { user: me.id }), staff.can('read', ImportRefusal, { run: { user: me.id } })]
