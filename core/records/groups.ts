/** How many records there are of each kind: counted by the ids and values of the records alone, and only then given their labels. */
import { BadRequest } from '../errors.ts'
import type { FieldMeta, ModelMeta } from '../model/meta.ts'
import type { Ref } from '../model/types.ts'
import { about, type Lasting } from './about.ts'
import { demandField } from './asked.ts'
import { namingFew } from './few.ts'
import { isId, matching, type Reading, where } from './read.ts'
import type { GroupRow } from './records.ts'
import { type Row, Selection } from './selection.ts'
import { type Asker, isEverything, Statement } from './statement.ts'
import { findRelated } from './words.ts'

interface GroupQuestion {
  readonly by: readonly string[]
  readonly only?: Readonly<Record<string, readonly string[]>> | undefined
  readonly where?: unknown
  readonly q?: string | undefined
  readonly measures?: readonly string[] | undefined
  readonly limit?: number | undefined
  readonly may?: string | undefined
  readonly about?: boolean | undefined
}
const mostGroups = 1000

/**
 * Counts and sums by some fields; relations come as `{ id, label }`, dates as `2024-04`. Ordered by what people read, empty last.
 * By a relation to many, as tags are, a record counts in the group of each: then the groups together are more than all records.
 * By no field, the measures of all together are one row.
 */
export async function groupRows(reading: Reading, model: ModelMeta, question: GroupQuestion): Promise<readonly GroupRow[]> {
  const { asker } = reading
  if (question.by.length === 0 && !question.measures) throw new BadRequest('request.group_by', 'Say by which fields to group: "by=status".')
  const most = question.limit ?? mostGroups
  if (!Number.isInteger(most) || most < 1 || most > mostGroups)
    throw new BadRequest('request.group_limit', 'There are 1 to {most} groups, not {limit}.', { most: mostGroups, limit: question.limit })
  const found = await findRelated(reading, model, question.q)
  const asked = await namingFew(reading, model, question)
  const statement = new Statement(asker)
  // Three statements, one within the other: the values of each record, the groups of them, and their labels.
  const each = new Selection(statement, model, 't', 'asked', 'groups')
  const keys = question.by.map((by) => groupKey(reading, statement, each, model, by))
  const inRecord = (sql: string) => `r."${each.column(sql)}"`
  const grouped = keys.map(({ sql }) => inRecord(sql))
  const measures = (question.measures ?? ['count']).map((measure) => [measure, measureOf(asker, each, inRecord, model, measure)] as const)
  const columns = [...new Set([...grouped, ...measures.map(([, sql]) => sql), howMany])]
  const column = (sql: string) => `g."${columns.indexOf(sql)}"`
  const labelled = new Selection(statement, model, 'g', 'asked', 'groups')
  const readers = [
    ...keys.map(({ by, sql, show }) => [by, show(labelled, column(inRecord(sql)))] as const),
    ...measures.map(([measure, sql]) => [measure, labelled.read(column(sql))] as const),
  ]
  const readHowMany = labelled.read(column(howMany))
  const conditions = [
    ...matching(reading, statement, model, { ...question, found }, asked),
    ...keys.flatMap(({ by, sql, several }) => (several && question.only?.[by] ? [oneOf(statement, sql, question.only[by])] : [])),
  ]
  const values = `select ${each.list || '1'} from "${model.table}" t ${each.joins}${where(conditions)}`
  // PostgreSQL takes the beginning of a month for as many values as there are instants, and would sort them all; behind `offset 0` it
  // takes it for few, and counts them in memory.
  const fence = keys.some(({ grain }) => grain) ? ' offset 0' : ''
  const groupBy = [...new Set(grouped.map((sql) => columns.indexOf(sql) + 1))].join(', ')
  const groups = `select ${columns.map((sql, at) => `${sql} as "${at}"`).join(', ')} from (${values}${fence}) r${groupBy && ` group by ${groupBy} order by ${groupBy}`}`
  const text = `select ${labelled.list} from (${groups} limit ${statement.param(most)}) g ${labelled.joins}`
  const find = () => reading.run(text, statement.values, { fitted: asked !== undefined })
  const rows = await (question.about
    ? about({ model, text, values: statement.values, by: reading.actor }, find, (found, tookMs) => {
        const counted = found.reduce((sum, row) => sum + (readHowMany(row) as number), 0)
        return lastingOf(counted, tookMs)
      })
    : find())
  return rows
    .map((row) => Object.fromEntries(readers.map(([name, read]) => [name, read(row)])) as GroupRow)
    .sort((a, b) => question.by.reduce((so, by) => so || byReading(a[by], b[by]), 0))
}

/** Of what is nobody's id there is no group. */
function oneOf(statement: Statement, sql: string, keys: readonly string[]): string {
  const named = `${sql} = any(${statement.param(keys.filter(isId))}::uuid[])`
  return keys.includes('') ? `(${named} or ${sql} is null)` : named
}

const howMany = 'count(*)::int'

function byReading(a: GroupRow[string] | undefined, b: GroupRow[string] | undefined): number {
  const [x, y] = [shownOf(a), shownOf(b)]
  if (x === null || x === undefined || y === null || y === undefined)
    return Number(x === null || x === undefined) - Number(y === null || y === undefined)
  // Of what is called alike one comes first each time, however PostgreSQL joined the labels.
  return typeof x === 'string' ? x.localeCompare(String(y)) || inOrder(idIn(a), idIn(b)) : Number(x) - Number(y)
}

const isRef = (value: GroupRow[string] | undefined): value is Ref => typeof value === 'object' && value !== null && 'label' in value
const shownOf = (value: GroupRow[string] | undefined) => (isRef(value) ? value.label : value instanceof Date ? value.getTime() : value)
const idIn = (value: GroupRow[string] | undefined): string => (isRef(value) ? value.id : '')
const inOrder = (a: string, b: string): number => Number(a > b) - Number(a < b)

/**
 * What so many records took so long to count is kept for thirty times as long, so that the same question takes no more than a thirtieth
 * of a processor however often it is asked; and for a minute more it is given while it is counted anew.
 */
function lastingOf(counted: number, tookMs: number): Lasting {
  if (counted < 20_000 || tookMs < 50) return { forMs: 0, thenMs: 0 }
  return { forMs: Math.min(30 * tookMs, 30_000), thenMs: 60_000 }
}

/** By what is grouped, as an expression over the records, and how the values that come of it are shown. */
interface GroupKey {
  readonly by: string
  readonly sql: string
  /** A day, a month, ... made of an instant or a day. */
  readonly grain: boolean
  /** A record may have several. */
  readonly several?: boolean
  readonly show: (groups: Selection, column: string) => (row: Row) => unknown
}

/** The beginning of a day, week, ... and how it is written. */
const grains: Readonly<Record<string, string>> = {
  day: 'YYYY-MM-DD',
  week: 'IYYY-"W"IW',
  month: 'YYYY-MM',
  quarter: 'YYYY-"Q"Q',
  year: 'YYYY',
}

function groupKey(reading: Reading, statement: Statement, selection: Selection, model: ModelMeta, by: string): GroupKey {
  const [path = '', grain, ...more] = by.split(':')
  const field = demandField(reading.asker.ability, model, path, 'group')
  if (grain === undefined) return ungrained(reading, selection, path, field)
  const format = Object.hasOwn(grains, grain) ? grains[grain] : undefined
  if (!format || more.length > 0 || field.kind !== 'scalar' || (field.type !== 'datetime' && field.type !== 'date')) {
    throw new BadRequest(
      'request.grain',
      'One can group "{field}" by day, week, month, quarter or year only where it is a date; "{by}" is not.',
      { field: path, by },
    )
  }
  const { sql } = selection.expression(path)
  const local = field.type === 'datetime' ? `${sql} at time zone ${statement.param(reading.zone)}` : sql
  return {
    by,
    sql: `date_trunc('${grain}', ${local})`,
    grain: true,
    show: (groups, column) => groups.read(`to_char(${column}, '${format}')`),
  }
}

function ungrained({ asker }: Reading, selection: Selection, path: string, field: FieldMeta): GroupKey {
  if (field.kind === 'scalar')
    return { by: path, sql: selection.expression(path).sql, grain: false, show: (groups, column) => groups.read(column) }
  // One that he may not read counts as none: only then must the related record be looked at.
  const isOpen = field.kind === 'one' && isEverything(asker.ability.records('read', field.target))
  const sql = field.kind === 'many' ? selection.eachOf(path) : isOpen ? selection.expression(path).sql : selection.shownId(path)
  return { by: path, sql, grain: false, several: field.kind === 'many', show: (groups, column) => groups.readOne(field.target, column) }
}

/** An aggregate of what `inRecord` says where the value of an expression over a record is to be found. */
function measureOf(asker: Asker, each: Selection, inRecord: (sql: string) => string, model: ModelMeta, measure: string): string {
  if (measure === 'count') return howMany
  const [path = '', how = ''] = measure.split(':')
  const field = demandField(asker.ability, model, path, 'measure')
  if (how === 'distinct') return `count(distinct ${inRecord(each.expression(path).sql)})::int`
  if (!['sum', 'avg', 'min', 'max', 'median'].includes(how) || !isNumber(field)) {
    throw new BadRequest(
      'request.measure',
      '"{measure}" is no measure. Known are count, distinct of any field, and sum, avg, median, min or max of a number: "hours:avg".',
      { measure },
    )
  }
  const value = inRecord(each.expression(path).sql)
  return how === 'median' ? `percentile_cont(0.5) within group (order by ${value})::float8` : `${how}(${value})::float8`
}
function isNumber(field: FieldMeta): boolean {
  return field.kind === 'scalar' && (field.type === 'integer' || field.type === 'float' || field.type === 'decimal')
}
