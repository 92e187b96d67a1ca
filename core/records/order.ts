/** In which order the records of a list come, and by which keys. */
import { BadRequest } from '../errors.ts'
import { fieldAt, type ModelMeta } from '../model/meta.ts'
import { demandField, readableField } from './asked.ts'
import type { Key } from './keyset.ts'
import type { Expression, Selection } from './selection.ts'
import type { Asker } from './statement.ts'

type Asked = Readonly<Record<string, 'asc' | 'desc' | undefined>>

/** A path with its direction, as somebody asked for it. */
export type Wanted = readonly [path: string, direction: 'asc' | 'desc' | undefined]

/** As asked, or else as the model is ordered, as far as its reader may know. */
export function orderOf({ ability }: Asker, model: ModelMeta, asked: Asked | undefined): readonly Wanted[] {
  const wanted = Object.entries(asked ?? {})
  if (wanted.length > 0) return wanted
  return model.order.filter(({ path }) => readableField(ability, model, path)).map(({ path, direction }) => [path, direction] as const)
}

/** The keys of the order, made unique by the id in the direction of the last. */
export function keysOf(asker: Asker, model: ModelMeta, order: readonly Wanted[], selection: Selection): readonly Key[] {
  const keys = order.map(([path, direction = 'asc']): Key => {
    demandField(asker.ability, model, path, 'sort')
    if (direction !== 'asc' && direction !== 'desc')
      throw new BadRequest('request.direction', 'One sorts "asc" or "desc", not "{direction}".', { direction })
    const { sql, field, always } = sortable(selection, model, path)
    return { path, direction, sql, nullable: !always, type: field.kind === 'scalar' ? field.type : 'uuid', read: selection.read(sql) }
  })
  const direction = keys.at(-1)?.direction ?? 'asc'
  return [...keys, { path: 'id', direction, sql: 't."id"', nullable: false, type: 'uuid', read: selection.read('t."id"') }]
}

/** A relation is ordered by what its model is ordered by first, as people read it. */
function sortable(selection: Selection, model: ModelMeta, path: string): Expression {
  const field = fieldAt(model, path)
  if (field?.kind !== 'one') return selection.expression(path)
  return selection.expression(`${path}.${orderedBy(field.target)}`)
}

/** What a relation is ordered by: what its model is ordered by first, as people read it. */
export function orderedBy({ order, fields }: ModelMeta): string {
  const first = order[0] && fields.get(order[0].path)
  return first?.kind === 'scalar' ? first.name : 'id'
}
