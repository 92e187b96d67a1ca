import { User } from '@tessera/base'
import { defineModel, type Fields, given, list, type Model, p, search } from '@tessera/core'

const fields = {
  model: p.string(),
  record: p.uuid(),
  at: p.datetime(),
  actor: () => p.manyToOne(User).nullable(),
  door: p.string(),
  field: p.string().nullable(),
  old: p.json().$type<unknown>().nullable(),
  new: p.json().$type<unknown>().nullable(),
}

/**
 * One change of one field of one record, or without a field its creation or removal. Core writes the row in the transaction of the change; values are kept as they are
 * stored (ids, not labels), so that a renamed status does not rewrite the past.
 */
export interface History extends Fields<typeof fields> {}
export const History: Model<History> = defineModel('history', fields, {
  label: 'Change',
  plural: 'History',
  title: given(['model', 'field'], ({ model, field }) => (field ? `${model}: ${field}` : model)),
  icon: 'history',
  order: { at: 'desc' },
  journal: true,
  appendOnly: true,
  indexes: [{ of: ['record', 'at'] }],
})

export const historyViews = [
  list(History, ['at', { field: 'actor', as: 'person' }, 'door', 'model', 'record', 'field', 'old', 'new']),
  search(History, { groups: ['model', 'actor', 'door', 'at:day'], facets: ['actor'] }),
]
