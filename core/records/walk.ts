/**
 * A list that is sorted by relations with few values, as tickets are by status: the related records are read in their order, and of
 * each one the records that name it are taken from the index of the relation, until a page is full. Joined and sorted, it would
 * be all records that there are, for each page.
 */
import type { Clause } from '../model/conditions.ts'
import { type FieldMeta, isInDatabase, type ModelMeta, type OneField, type ScalarField } from '../model/meta.ts'
import { conjuncts, countOf, few, isAbout, isChosenByIndex, isOptional, namedBy } from './few.ts'
import { equal, type Key, orderBy, type Page, past, sealedIn } from './keyset.ts'
import { orderedBy } from './order.ts'
import type { Run } from './read.ts'
import type { Statement } from './statement.ts'

/** A relation that an order begins with, and the field of the related record whose value counts. */
export interface Lead {
  readonly field: OneField
  readonly by: ScalarField
}

/**
 * The relations that an order begins with, where its pages can be walked to by them. None where the related records are many, where
 * the order leads elsewhere besides, or where a rule hides the relation of some records: there the value is not that of what is named.
 */
export async function leadsOf(
  run: Run,
  isSeen: (field: FieldMeta) => boolean,
  model: ModelMeta,
  paths: readonly string[],
): Promise<readonly Lead[]> {
  const leads: Lead[] = []
  for (const path of paths) {
    const lead = leadAt(model, path)
    if (!lead || !isSeen(lead.field) || leads.some(({ field }) => field === lead.field)) break
    leads.push(lead)
  }
  if (paths.slice(leads.length).some((path) => model.fields.get(path)?.kind !== 'scalar')) return []
  let combinations = 1
  for (const { field } of leads) {
    combinations *= Math.max(1, await countOf(run, field.target))
    if (combinations > few) return []
  }
  return leads
}

function leadAt(model: ModelMeta, path: string): Lead | undefined {
  const [head = '', name, ...more] = path.split('.')
  const field = model.fields.get(head)
  if (!field || !isChosenByIndex(field) || more.length > 0) return undefined
  const by = field.target.fields.get(name ?? orderedBy(field.target))
  return by?.kind === 'scalar' && isInDatabase(by) ? { field, by } : undefined
}

/** A page of an order: its keys are those of the leads, and then others of the record itself. */
export interface Walk {
  readonly model: ModelMeta
  readonly leads: readonly Lead[]
  readonly keys: readonly Key[]
  readonly page: Page | undefined
  readonly limit: number
}

/** What is said of nothing but the leads is asked of the few records that they name, and not of each that names them. */
export function apart(asked: Clause | undefined, leads: readonly Lead[]): { readonly ofLeads: readonly Clause[]; readonly rest: Clause } {
  const names = leads.map(({ field }) => field.name)
  const { true: ofLeads = [], false: rest = [] } = Object.groupBy(conjuncts(asked), (clause) => `${isAbout(clause, names)}`)
  return { ofLeads, rest: { all: rest } }
}

/** The combinations of what the leads name, as `s`, in their order: their columns are called as those of the record. */
export function combinationsOf(
  statement: Statement,
  { model, leads, keys, page }: Omit<Walk, 'limit'>,
  ofLeads: readonly Clause[],
): string {
  const each = leads.map(({ field, by }, at) => {
    const alias = statement.alias()
    const rule = statement.rule('read', field.target, alias)
    const seen = statement.seen(by, alias, 'asked')!
    // What may not be read counts as none, and stands where those without one do.
    const value = rule === undefined ? seen : `case when ${rule} then ${seen} end`
    return `${namedBy(field, alias, [`${value} as "v${at}"`])} ${alias}`
  })
  const conditions = ofLeads.map((clause) => statement.condition(clause, model, 's', 'asked'))
  const all = `select * from ${each.join(' cross join ')}`
  const among = conditions.length > 0 ? `select s.* from (${all}) s where ${conditions.join(' and ')}` : all
  return `(${among} order by ${orderBy(byValues('', leads, keys), page)}) s`
}

/** The keys of the leads as values of `s`, or of a query that has no name yet. */
function byValues(of: 's.' | '', leads: readonly Lead[], keys: readonly Key[]): readonly Key[] {
  return leads.map((_, at) => ({ ...keys[at]!, sql: `${of}"v${at}"` }))
}

/** The ids of a page, in its order. Its parameters are those of the page, as of a keyset. */
export function walked(statement: Statement, walk: Walk, combinations: string, conditions: readonly string[]): string {
  const { model, leads, keys, page, limit } = walk
  const values = byValues('s.', leads, keys)
  const others = keys.slice(leads.length)
  const columns = others.map(({ sql }, at) => `${sql} as "r${at}"`).join(', ')
  // Of one combination the relation orders nothing; but so only its own index has the order, and no other is gone along in vain.
  const within = `t."${leads[0]!.field.column}" ${alongIndex(model, others, page)}, ${orderBy(others, page)}`
  const places = page ? placesOf(statement, values, others, page) : [[]]
  const part = (naming: readonly string[], place: readonly string[], orders: string) =>
    `(select t."id", ${columns} from "${model.table}" t where ${[...naming, ...conditions, ...place].join(' and ')} order by ${orders} limit ${limit})`
  const many = namedByMany(model, leads, others)
  // One part for each way in which a record can name the combination: those that do not apply are left out before they begin.
  const parts = places.flatMap((place) => [
    ...namings(leads).map((naming) => part(many ? [...naming, `not ${many.are}`] : naming, place, within)),
    ...(many ? [part([many.naming, many.are], place, orderBy(others, page))] : []),
  ])
  const order = orderBy([...values, ...others.map((key, at) => ({ ...key, sql: `p."r${at}"` }))], page)
  return `select p."id" from ${combinations} cross join lateral (${parts.join(' union all ')}) p order by ${order} limit ${limit}`
}

/**
 * Where the page goes on in another order than the index of the relation has, the records of one combination would all be read and
 * sorted. Of very many, any index with that order comes upon a page of them soon, so there the relation is compared as usual.
 */
function namedByMany(model: ModelMeta, leads: readonly Lead[], [first]: readonly Key[]): { naming: string; are: string } | undefined {
  const [{ field }, ...more] = leads as [Lead, ...Lead[]]
  if (more.length > 0 || first!.path === model.order[0]?.path) return undefined
  const one = (alias: string) => `${alias}."${field.column}" = s."${field.column}"`
  return { naming: one('t'), are: `exists (select from "${model.table}" m where ${one('m')} offset ${sortedAtOnce})` }
}
/** Counted in the index of the relation this takes some milliseconds; read and sorted, some tenths of a second. */
const sortedAtOnce = 50_000

/** Either of the combination where the page begins, and behind its first row; or of one behind that. */
function placesOf(statement: Statement, values: readonly Key[], others: readonly Key[], page: Page): readonly (readonly string[])[] {
  const sealed = sealedIn(statement, values, page)
  const within = sealedIn(statement, others, { ...page, values: page.values.slice(values.length) })
  return [[...equal(values, sealed), past(others, within, page.backward)], [past(values, sealed, page.backward)]]
}

/** How a record names a combination: each relation what is meant there, or nothing. */
function namings(leads: readonly Lead[]): readonly (readonly string[])[] {
  return leads.reduce<readonly (readonly string[])[]>(
    (ways, { field }, at) => {
      const [own, of] = ['t', 's'].map((alias) => `${alias}."${field.column}"`)
      // What equals something has no order to PostgreSQL; one of a list does.
      const one = [at === 0 ? `${own} = any(array[${of}])` : `${own} = ${of}`]
      const either = isOptional(field) ? [one, [`${own} is null`, `${of} is null`]] : [one]
      return ways.flatMap((way) => either.map((further) => [...way, ...further]))
    },
    [[]],
  )
}

/** In which direction the index of a relation has the order: behind the relation it is that of the model. */
function alongIndex(model: ModelMeta, [first]: readonly Key[], page: Page | undefined): 'asc' | 'desc' {
  const isUp = (first!.direction === 'asc') !== (page?.backward === true)
  const [own] = model.order
  return isUp === (first!.path !== own?.path || own.direction === 'asc') ? 'asc' : 'desc'
}
