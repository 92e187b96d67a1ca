import { staff, User } from '@tessera/base'
import { defineModel, type Fields, type Model, me, p } from '@tessera/core'

/** A record that stayed as it was, and why, in the words of whoever wanted it changed. */
export interface RefusedRecord {
  readonly id: string
  readonly label: string
  readonly reason: string
}

const fields = {
  user: () => p.manyToOne(User),
  model: p.string(),
  deed: p.enum(['action', 'edit', 'delete', 'undo']),
  name: p.string(),
  input: p.json().$type<{ readonly values: Readonly<Record<string, unknown>> }>(),
  records: p.json().$type<readonly string[]>(),
  undoes: () => p.manyToOne(BulkRun).nullable(),
  total: p.integer(),
  done: p.integer().default(0),
  refusals: p.integer().default(0),
  refused: p.json().$type<readonly RefusedRecord[]>().nullable(),
  isStopped: p.boolean().default(false),
  finishedAt: p.datetime().nullable(),
}

/** One deed that somebody does to many records: what is to be done to which, and how far it is. `name` is the action or the field. */
export interface BulkRun extends Fields<typeof fields> {}
export const BulkRun: Model<BulkRun> = defineModel('bulkRun', fields, {
  title: 'name',
  order: { createdAt: 'desc' },
  exposed: false,
  extensible: false,
  fields: {
    records: { help: 'Empty where all were done at once.' },
    undoes: { help: 'The change of one field that this one puts back.', removedWith: true },
    done: { help: 'Records that were dealt with, refused ones included.' },
    refused: { help: 'Of those that were refused, the first thousand.' },
    isStopped: { help: 'It ended before it had dealt with all of them.' },
  },
  indexes: [{ of: ['user', 'createdAt'] }],
})

const formerFields = {
  run: () => p.manyToOne(BulkRun),
  record: p.string(),
  made: p.integer(),
  was: p.json().$type<{ readonly value: unknown }>(),
}

/** What the field of a record held before a run changed it, for as long as it can be put back. */
export interface BulkFormer extends Fields<typeof formerFields> {}
export const BulkFormer: Model<BulkFormer> = defineModel('bulkFormer', formerFields, {
  title: 'record',
  order: { id: 'asc' },
  within: ['run'],
  exposed: false,
  extensible: false,
  fields: {
    run: { removedWith: true },
    made: { help: 'The version that the change made: whoever changed it since is not overruled.' },
  },
  indexes: [{ of: ['run', 'record'] }],
})

export const bulkRunRules = [staff.can('read', BulkRun, { user: me.id }), staff.can('read', BulkFormer, { run: { user: me.id } })]
