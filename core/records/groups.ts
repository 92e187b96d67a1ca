/** How many records there are of each kind: counted by the ids and values of the records alone, and only then given their labels. */
import { BadRequest } from '../errors.ts'
import type { FieldMeta, ModelMeta } from '../model/meta.ts'
import { about } from './about.ts'
import { demandField } from './asked.ts'
import { matching, type Reading, where } from './read.ts'
import type { GroupRow } from './records.ts'
import { type Row, Selection } from './selection.ts'
import { type Asker, Statement } from './statement.ts'
import { findRelated } from './words.ts'

interface GroupQuestion {
  readonly by: readonly string[]
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
 * By no field, the measures of all together are one row.
 */
export async function groupRows(reading: Reading, model: ModelMeta, question: GroupQuestion): Promise<readonly GroupRow[]> {
  const { asker } = reading
  if (question.by.length === 0 && !question.measures) throw new BadRequest('request.group_by', 'Say by which fields to group: "by=status".')
  const most = question.limit ?? mostGroups
  if (!Number.isInteger(most) || most < 1 || most > mostGroups)
    throw new BadRequest('request.group_limit', 'There are 1 to {most} groups, not {limit}.', { most: mostGroups, limit: question.limit })
  const found = await findRelated(reading, model, question.q)
  const statement = new Statement(asker)
  const counted = new Selection(statement, model, 't', 'asked', 'groups')
  const keys = question.by.map((by) => groupKey(reading, statement, counted, model, by))
  const measures = (question.measures ?? ['count']).map((measure) => [measure, measureSql(asker, counted, model, measure)] as const)
  const labelled = new Selection(statement, model, 'g', 'asked', 'groups')
  /** The column of `g` that holds an expression over the records. */
  const column = (sql: string) => `g."${counted.column(sql)}"`
  const groupBy = [...new Set(keys.map(({ sql }) => counted.column(sql) + 1))].join(', ')
  const readers = [
    ...keys.map(({ by, sql, show }) => [by, show(labelled, column(sql))] as const),
    ...measures.map(([measure, sql]) => [measure, labelled.read(column(sql))] as const),
  ]
  const conditions = matching(reading, statement, model, { ...question, found })
  const grouping = groupBy && ` group by ${groupBy} order by ${groupBy}`
  const howMany = labelled.read(column('count(*)::int'))
  const text = `select ${labelled.list} from (select ${counted.list} from "${model.table}" t ${counted.joins}${where(conditions)}${grouping} limit ${statement.param(most)}) g ${labelled.joins}`
  const { values } = statement
  const find = () => reading.run(text, values)
  const rows = question.about
    ? await about({ model, text, values, by: reading.actor }, find, (found, tookMs) => {
        const counted = found.reduce((sum, row) => sum + (howMany(row) as number), 0)
        return counted >= many.from && tookMs >= many.tookMs
          ? { forMs: Math.min(many.factor * tookMs, many.mostMs), thenMs: many.thenMs }
          : atOnce
      })
    : await find()
  const groups = rows.map((row) => Object.fromEntries(readers.map(([name, read]) => [name, read(row)])) as GroupRow)
  return groups.sort((a, b) => question.by.reduce((so, by) => so || byReading(a[by], b[by]), 0))
}

function byReading(a: GroupRow[string] | undefined, b: GroupRow[string] | undefined): number {
  const shown = (value: GroupRow[string] | undefined) => (typeof value === 'object' && value !== null ? value.label : value)
  const [x, y] = [shown(a), shown(b)]
  if (x === null || x === undefined || y === null || y === undefined)
    return Number(x === null || x === undefined) - Number(y === null || y === undefined)
  return typeof x === 'string' ? x.localeCompare(String(y)) : Number(x) - Number(y)
}

/**
 * What so many records took so long to count is kept for thirty times as long, so that the same question takes no more than a thirtieth
 * of a processor however often it is asked; and for a minute more it is given while it is counted anew.
 */
const many = { from: 20_000, tookMs: 50, factor: 30, mostMs: 30_000, thenMs: 60_000 }
const atOnce = { forMs: 0, thenMs: 0 }

/** By what is grouped, as an expression over the records, and how the values that come of it are shown. */
interface GroupKey {
  readonly by: string
  readonly sql: string
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
  const { sql } = selection.expression(path)
  if (grain === undefined) {
    if (field.kind !== 'one') return { by, sql, show: (groups, column) => groups.read(column) }
    return { by, sql: statement.shown(field.target, sql), show: (groups, column) => groups.readOne(field.target, column) }
  }
  const format = Object.hasOwn(grains, grain) ? grains[grain] : undefined
  if (!format || more.length > 0 || field.kind !== 'scalar' || (field.type !== 'datetime' && field.type !== 'date')) {
    throw new BadRequest(
      'request.grain',
      'One can group "{field}" by day, week, month, quarter or year only where it is a date; "{by}" is not.',
      { field: path, by },
    )
  }
  const local = field.type === 'datetime' ? `${sql} at time zone ${statement.param(reading.zone)}` : sql
  return { by, sql: `date_trunc('${grain}', ${local})`, show: (groups, column) => groups.read(`to_char(${column}, '${format}')`) }
}

function measureSql(asker: Asker, selection: Selection, model: ModelMeta, measure: string): string {
  if (measure === 'count') return 'count(*)::int'
  const [path = '', how = ''] = measure.split(':')
  const field = demandField(asker.ability, model, path, 'group')
  if (how === 'distinct') return `count(distinct ${selection.expression(path).sql})::int`
  if (!['sum', 'avg', 'min', 'max', 'median'].includes(how) || !isNumber(field)) {
    throw new BadRequest(
      'request.measure',
      '"{measure}" is no measure. Known are count, distinct of any field, and sum, avg, median, min or max of a number: "hours:avg".',
      { measure },
    )
  }
  const { sql } = selection.expression(path)
  return how === 'median' ? `percentile_cont(0.5) within group (order by ${sql})::float8` : `${how}(${sql})::float8`
}
function isNumber(field: FieldMeta): boolean {
  return field.kind === 'scalar' && (field.type === 'integer' || field.type === 'float' || field.type === 'decimal')
}
