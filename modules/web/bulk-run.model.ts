import { staff, User } from '@tessera/base'
import { defineModel, type Fields, type Model, me, p } from '@tessera/core'

/** A record that stayed as it was, and why, in the words of whoever wanted it changed. */
export interface RefusedRecord {
  readonly id: string
  readonly label: string
  readonly reason: string
}
/** What a record was before, for as long as it can be put back. */
export interface FormerValue {
  readonly id: string
  /** The one that the change made: whoever changed it since is not overruled. */
  readonly version: number
  readonly value: unknown
}

const fields = {
  user: () => p.manyToOne(User),
  model: p.string(),
  deed: p.enum(['action', 'edit', 'delete']),
  name: p.string(),
  input: p.json().$type<{ readonly values: Readonly<Record<string, unknown>> }>(),
  records: p.json().$type<readonly string[]>(),
  total: p.integer(),
  done: p.integer().default(0),
  refusals: p.integer().default(0),
  refused: p.json().$type<readonly RefusedRecord[]>().nullable(),
  former: p.json().$type<readonly FormerValue[]>().nullable(),
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
    done: { help: 'Records that were dealt with, refused ones included.' },
    refused: { help: 'Of those that were refused, the first thousand.' },
    former: { help: 'Empty where nothing can be put back.' },
  },
})

export const bulkRunRules = [staff.can('read', BulkRun, { user: me.id })]
