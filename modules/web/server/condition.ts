import { type Ability, type Clause, conditionOn, fieldAt, type ModelMeta, matches, pathsOf, readableField } from '@tessera/core'
import type { Reader } from './reader.ts'
import type { Row } from './rows.ts'

/** A condition that can be tested on a row which holds the values of `needs`. */
export interface Test {
  readonly needs: readonly string[]
  holds(row: Row, asking: Reader['asking']): boolean
}

/** Undefined when the reader may not see what the condition looks at, or when it looks at many related records: then only the server's own check decides. */
export function testOf(model: ModelMeta, where: object, ability: Ability): Test | undefined {
  return testOfClause(model, conditionOn(model, where), ability)
}

function testOfClause(model: ModelMeta, clause: Clause, ability: Ability): Test | undefined {
  const paths = pathsOf(clause).map((path) => (path.at(-1) === 'id' && path.length > 1 ? path.slice(0, -1) : path).join('.'))
  const isKnown = paths.every(
    (path) => path === 'id' || (fieldAt(model, path)?.kind !== 'many' && readableField(ability, model, path) !== undefined),
  )
  if (!isKnown || paths.some((path) => fieldAt(model, path) === undefined && path !== 'id')) return undefined
  return { needs: [...new Set(paths)].filter((path) => path !== 'id'), holds: (row, asking) => matches(clause, row, asking) }
}

/** Whether a verb may be done to this very record; true where only the server can tell. */
export interface Permit extends Test {
  /** False when it may be done to no record at all. */
  readonly possible: boolean
}

export function permitOf(model: ModelMeta, verb: string, ability: Ability): Permit {
  if (!ability.possible(verb, model)) return { possible: false, needs: [], holds: () => false }
  const test = testOfClause(model, ability.records(verb, model), ability)
  return { possible: true, needs: test?.needs ?? [], holds: test?.holds ?? (() => true) }
}

/** The same for writing one field. */
export function fieldPermitOf(model: ModelMeta, verb: 'create' | 'update', name: string, ability: Ability): Permit {
  const field = model.fields.get(name)
  const clause = field && ability.field(verb, field)
  if (!clause) return { possible: false, needs: [], holds: () => false }
  const test = clause === true ? undefined : testOfClause(model, clause, ability)
  return { possible: true, needs: test?.needs ?? [], holds: test?.holds ?? (() => true) }
}
