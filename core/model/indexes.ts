/** Indexes follow the screens: what a list sorts, a group counts and a search looks through is served by an index, and nothing else is. */
import { createHash } from 'node:crypto'
import type { Screens } from '../view/composed.ts'
import type { Clause } from './conditions.ts'
import type { IndexDefinition } from './entities.ts'
import { conditionOn } from './matches.ts'
import { type FieldMeta, fieldAt, type ModelMeta, type Models, type ScalarField } from './meta.ts'

/** The indexes of every model: unique ones, foreign keys, what a list shows in columns, days of calendars, cards of a board in their order, default orders alone and after each grouped field, searched texts, declared ones. */
export function derivedIndexes(models: Models, screens: (model: ModelMeta) => Screens): (model: ModelMeta) => readonly IndexDefinition[] {
  const found = new Map<ModelMeta, Map<string, IndexDefinition>>(models.all.map((model) => [model, new Map()]))
  const add = (model: ModelMeta, unique: string, using: 'btree' | 'gin', keys: string, where = '', name?: string): void => {
    const sql = `on "${model.table}" using ${using} (${keys})${using === 'gin' ? pending : ''}${where}`
    const id = name ?? `ix_${model.table}_${createHash('sha256').update(sql).digest('hex').slice(0, 10)}`
    found.get(model)?.set(sql, { name: id, sql: `create ${unique}index "${id}" ${sql}` })
  }
  for (const model of models.all) {
    for (const [key, { of }] of model.unique) add(model, 'unique ', 'btree', columns(model, of), '', uniqueName(model, key))
    const orders = [model.order, screens(model).list.order].flatMap((order) => orderColumns(model, order) ?? [])
    for (const order of orders) add(model, '', 'btree', order)
    const day = screens(model).calendar?.date
    const days = day === undefined ? undefined : orderColumns(model, [{ path: day, direction: 'asc' }])
    if (days !== undefined && !orders.some((order) => order.startsWith(`${days.split(',')[0]},`))) add(model, '', 'btree', days)
    const { by, order: ranks } = screens(model).kanban ?? {}
    const cards = ranks === undefined ? undefined : orderColumns(model, [{ path: ranks, direction: 'desc' }])
    if (by !== undefined && cards !== undefined) add(model, '', 'btree', `"${column(model, by)}", ${cards}`)
    const sorted = new Set<string>()
    for (const { field: name, optional } of screens(model).list.of) {
      const field = model.fields.get(name)
      if (optional === 'hidden' || field?.kind !== 'scalar' || !isSortedBy(field)) continue
      const shown = orderColumns(model, [{ path: name, direction: 'asc' }])
      const isServed = orders.some((order) => order.startsWith(`"${field.column}" `)) || isUnique(model, name)
      if (shown === undefined || isServed) continue
      add(model, '', 'btree', shown)
      sorted.add(name)
    }
    const groups = new Set([...screens(model).search.groups.map(String), ...screens(model).search.facets])
    for (const field of model.fields.values()) {
      if (!isKey(field)) continue
      const order = orders[0]
      add(model, '', 'btree', groups.has(field.name) && order ? `"${field.column}", ${order}` : `"${field.column}"`)
    }
    for (const path of screens(model).search.texts) {
      const field = fieldAt(model, path)
      if (field?.kind === 'scalar' && field.column && (field.type === 'string' || field.type === 'text')) {
        add(field.model, '', 'gin', `tessera_plain("${field.column}") gin_trgm_ops`)
      }
    }
    for (const { of, where, type } of model.indexes) {
      const condition = where ? partial(conditionOn(model, where), model) : ''
      // One that begins with the field finds its values too.
      if (type !== 'trigram' && !where && of.length === 1 && sorted.has(of[0]!)) continue
      if (type === 'trigram')
        for (const name of of) add(model, '', 'gin', `tessera_plain("${column(model, name)}") gin_trgm_ops`, condition)
      else add(model, '', 'btree', columns(model, of), condition)
    }
  }
  return (model) => [...(found.get(model)?.values() ?? [])]
}

/**
 * New rows wait in a list that every search reads through until it is merged; at the usual 4 MB that takes longer than all the
 * rest of a search. So small, it is merged after some dozens of rows.
 */
const pending = ' with (gin_pending_list_limit = 128)'

/** The name by which a refused duplicate is recognised. */
export function uniqueName(model: ModelMeta, key: string): string {
  return `uq_${model.table}_${key}`.toLowerCase()
}

/** Long texts are not looked at in their order, and too long for an index. */
function isSortedBy({ type }: ScalarField): boolean {
  return !['text', 'json', 'texts', 'boolean'].includes(type)
}

function isUnique(model: ModelMeta, name: string): boolean {
  return [...model.unique.values()].some(({ of }) => of.length === 1 && of[0] === name)
}

/** Whether there is an index by which the records that name a certain one are found. */
export function isKey(field: FieldMeta): field is Extract<FieldMeta, { kind: 'one' }> {
  return field.kind === 'one' && field.name !== 'createdBy' && field.name !== 'updatedBy'
}

/** The order as an index has it; undefined when it leads through relations or values without a column. */
function orderColumns(model: ModelMeta, order: ModelMeta['order']): string | undefined {
  const keys = order.map(({ path, direction }) => {
    const field = model.fields.get(path)
    if (field?.kind !== 'scalar' || field.column === undefined || field.type === 'translated') return undefined
    return `"${field.column}" ${direction}${field.nullable ? ' nulls last' : ''}`
  })
  if (keys.length === 0 || keys.includes(undefined)) return undefined
  return [...keys, `"id" ${order.at(-1)!.direction}`].join(', ')
}

function columns(model: ModelMeta, names: readonly string[]): string {
  return names.map((name) => `"${column(model, name)}"`).join(', ')
}
function column(model: ModelMeta, name: string): string {
  const field = model.fields.get(name)
  if (!field || field.kind === 'many' || field.column === undefined)
    throw new TypeError(`An index of "${model.name}" names "${name}", which has no column.`)
  return field.column
}

/** The condition of a partial index: own columns compared with constants. */
function partial(clause: Clause, model: ModelMeta): string {
  const sql = (each: Clause): string => {
    if ('all' in each) return each.all.map(sql).join(' and ')
    if ('path' in each && each.path.length === 1) {
      const name = `"${column(model, each.path[0]!)}"`
      if (each.operator === '$eq' && each.value === null) return `${name} is null`
      if (each.operator === '$ne' && each.value === null) return `${name} is not null`
      if (each.operator === '$eq') return `${name} = ${literal(each.value)}`
    }
    throw new TypeError(`The condition of an index of "${model.name}" may only compare own fields with constants.`)
  }
  return ` where ${sql(clause)}`
}
function literal(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : `'${String(value).replaceAll("'", "''")}'`
}
