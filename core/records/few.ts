/** Relations to few records, as tickets have to statuses: what is true of these is found out first, by itself. */
import type { Ability } from '../access/ability.ts'
import { type Clause, pathsOf } from '../model/conditions.ts'
import { isKey } from '../model/indexes.ts'
import type { FieldMeta, ModelMeta, OneField } from '../model/meta.ts'
import { askedOf, type Matching, type Reading, type Run } from './read.ts'
import { isEverything, Statement } from './statement.ts'
import { isFilled } from './unfilled.ts'

/** So many related records are few: each costs a look into an index. */
export const few = 200

/** How many records a model has, as far as it matters here; kept for a minute, since any answer leads to the same page. */
export async function countOf(run: Run, model: ModelMeta): Promise<number> {
  const known = counted.get(model)
  if (known && performance.now() < known.until) return known.count
  const [row] = await run(`select count(*)::int as c0 from (select from "${model.table}" limit ${few + 1}) counted`, [])
  const count = row!.c0 as number
  counted.set(model, { count, until: performance.now() + 60_000 })
  return count
}
const counted = new WeakMap<ModelMeta, { readonly count: number; readonly until: number }>()

/** The relations of which a question says something, as far as they name few records. */
export async function fewAsked(reading: Reading, model: ModelMeta, question: Matching): Promise<ReadonlySet<FieldMeta>> {
  const asked = askedOf(reading, model, question)
  const relations = new Set(
    asked ? pathsOf(asked).flatMap(([head = '', ...rest]) => (rest.length > 0 ? [model.fields.get(head)] : [])) : [],
  )
  const found = new Set<FieldMeta>()
  for (const field of relations) if (field && isChosenByIndex(field) && (await countOf(reading.run, field.target)) <= few) found.add(field)
  return found
}

/**
 * What a question asks, with the names of the few related records of which it is true instead of what it says of them: how many tickets
 * are open PostgreSQL knows only where it is told which statuses those are. Undefined where nothing can be said so.
 */
export async function namingFew(reading: Reading, model: ModelMeta, question: Matching): Promise<Clause | undefined> {
  const isSeen = isSeenBy(reading.asker.ability, ['read'])
  const clauses = conjuncts(askedOf(reading, model, question))
  const named: Clause[] = []
  for (const clause of clauses) {
    const field = model.fields.get(pathsOf(clause)[0]?.[0] ?? '')
    const isSaidSo =
      field !== undefined &&
      isChosenByIndex(field) &&
      isSeen(field) &&
      isAbout(clause, [field.name]) &&
      pathsOf(clause).some((path) => path.length > 1) &&
      isEverything(reading.asker.ability.records('read', field.target)) &&
      (await countOf(reading.run, field.target)) <= few
    named.push(isSaidSo ? await naming(reading, model, field, clause) : clause)
  }
  return named.some((clause, at) => clause !== clauses[at]) ? { all: named } : undefined
}

async function naming(reading: Reading, model: ModelMeta, field: OneField, clause: Clause): Promise<Clause> {
  const statement = new Statement(reading.asker)
  const all = namedBy(field, statement.alias())
  const condition = statement.condition(clause, model, 's', 'asked')
  const rows = await reading.run(`select s."${field.column}" as c0 from ${all} s where ${condition}`, statement.values)
  const ids = rows.flatMap(({ c0 }) => (c0 === null ? [] : [c0]))
  const one: Clause = { path: [field.name], operator: '$in', value: ids }
  return ids.length < rows.length ? { any: [one, { path: [field.name], operator: '$null', value: true }] } : one
}

/**
 * The parts of what is asked that indexes answer by themselves, where together they find little of what each finds: what is open, of
 * what one user follows. Empty where a question has not both.
 */
export function foundByIndexes(asked: Clause | undefined, model: ModelMeta, relations: ReadonlySet<FieldMeta>): readonly Clause[] {
  const names = [...relations].map(({ name }) => name)
  const clauses = conjuncts(asked)
  const ofFew = clauses.filter((clause) => !('some' in clause) && isAbout(clause, names))
  const ofOne = clauses.filter((clause) => isOfOne(clause, model))
  return ofFew.length > 0 && ofOne.length > 0 ? [...ofFew, ...ofOne] : []
}

/** Whether related records are looked for that name a certain other one: my followers. */
function isOfOne(clause: Clause, model: ModelMeta): boolean {
  if (!('some' in clause) || clause.some.length > 1) return false
  const many = model.fields.get(clause.some[0]!)
  return (
    many?.kind === 'many' &&
    conjuncts(clause.of).some((of) => {
      if (!('path' in of) || of.operator !== '$eq' || of.value === null) return false
      const [head = '', ...rest] = of.path
      return rest.every((step) => step === 'id') && (head === 'id' || many.target.fields.get(head)?.kind === 'one')
    })
  )
}

/** All that a relation can name, and nothing where it may be empty, as rows with a column that is called like its own. */
export function namedBy(field: OneField, alias: string, further: readonly string[] = []): string {
  const columns = [`${alias}."id" as "${field.column}"`, ...further].join(', ')
  const none = isOptional(field) ? ` union all select null${', null'.repeat(further.length)}` : ''
  return `(select ${columns} from "${field.target.table}" ${alias}${none})`
}

export function isOptional(field: OneField): boolean {
  return field.nullable || !isFilled(field)
}

/** Whether an index finds the records that name a certain other one, which is there. */
export function isChosenByIndex(field: FieldMeta): field is OneField {
  return field.kind === 'one' && field.constrained && isKey(field)
}

/** Whether all records show a field to somebody who may do these things to them. */
export function isSeenBy(ability: Ability, verbs: readonly string[]): (field: FieldMeta) => boolean {
  return (field) => verbs.every((verb) => ability.field(verb, field) === true)
}

/** Whether a clause says something of these relations, and of nothing else. */
export function isAbout(clause: Clause, relations: readonly string[]): boolean {
  const paths = pathsOf(clause)
  return paths.length > 0 && paths.every(([head = '']) => relations.includes(head))
}

/** What must all be true. */
export function conjuncts(clause: Clause | undefined): readonly Clause[] {
  if (clause === undefined) return []
  return 'all' in clause ? clause.all.flatMap(conjuncts) : [clause]
}
