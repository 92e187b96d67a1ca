/** The table of what changes in the schema, and the statements, those of migrations among them. */
import { aboutIn, type Plan, type SchemaChange, type Services, saying } from '@tessera/core'

interface Row {
  readonly kind: string
  readonly label: string
  readonly where: string
  readonly about: string
  readonly held: string | undefined
  readonly destroys: boolean
}

export function schemaModel({ text, context }: Services, { schema: all, migrations }: Plan) {
  const say = saying({ text })
  const number = new Intl.NumberFormat(context.locale)
  // What cannot be brought back stands first; the statements keep their order.
  const schema = [...all].sort((a, b) => Number(destroys(b)) - Number(destroys(a)))
  const homes = new Map(schema.map((change) => [change, homeOf(change, schema)]))
  const rows = schema
    .filter((change) => !homes.get(change))
    .map((change): Row => {
      const { kind, rows: held, values, apart } = change
      const folded = schema.filter((each) => homes.get(each) === change).length
      return {
        kind: kind.replace(' ', '-'),
        label: text(`apps.kind_${kind.replace(' ', '_')}`),
        where: whereOf(change),
        about: [aboutOf(change, folded), ...(apart ? [text('apps.plan_later')] : [])].filter((each) => each !== '').join(', '),
        held: kind === 'create table' ? undefined : said(held, isOfColumn.test(kind) ? values : undefined),
        destroys: destroys(change),
      }
    })
  const tables = new Map(schema.map(({ table, rows: held }) => [table ?? '', held]))
  return {
    schema: rows,
    sql: [...migrations, ...all].flatMap(({ sql }) => sql.map((statement) => `${statement.replace(/;\s*$/, '')};`)).join('\n'),
    total: {
      count: text('apps.plan_changes', { count: schema.length }),
      said: countsOf(schema),
      rows: number.format([...tables.values()].reduce((sum, held) => sum + held, 0)),
    },
  }

  function said(held: number, values: number | undefined): string {
    return values === undefined
      ? number.format(held)
      : text('apps.plan_values', { count: values, values: number.format(values), rows: number.format(held) })
  }

  function aboutOf({ kind, about: said = '', seconds }: SchemaChange, folded: number): string {
    const about = aboutIn(said, say)
    if (kind === 'create table') return folded === 0 ? text('apps.plan_new') : text('apps.plan_new_with', { count: folded })
    if (folded > 0) return [about, text('apps.plan_with', { count: folded })].filter((each) => each !== '').join(', ')
    if (kind === 'create index')
      return seconds >= 1 ? text('apps.plan_built', { seconds: Math.ceil(seconds) }) : text('apps.plan_built_at_once')
    return about
  }

  function countsOf(all: readonly SchemaChange[]): string {
    const kinds = Map.groupBy(all, ({ kind }) => kind)
    const counted = [...kinds].map(([kind, its]) => text(`apps.count_${kind.replace(' ', '_')}`, { count: its.length }))
    const keeps = all.every(({ kind }) => !/^(drop (table|column)|change column|remove rows)$/.test(kind))
    const list = new Intl.ListFormat(context.locale, { type: 'unit', style: 'short' }).format(counted)
    return keeps ? text('apps.plan_keeping', { list }) : list
  }
}

const destroys = ({ kind }: SchemaChange): boolean => kind === 'drop table' || kind === 'drop column' || kind === 'remove rows'

/** Of a whole table its rows say all. */
const isOfColumn = /^(drop|change) column$/

/** What it is a part of: all that belongs to a table that is made, and a constraint of a column that is added. The statements show it. */
function homeOf(change: SchemaChange, schema: readonly SchemaChange[]): SchemaChange | undefined {
  const { kind, table, about = '' } = change
  if (kind === 'create table' || table === undefined) return undefined
  const made = schema.find((each) => each.kind === 'create table' && each.table === table)
  if (made || kind !== 'add constraint') return made
  const column = /\((\w+)/.exec(about)?.[1]
  return schema.find((each) => each.kind === 'add column' && each.table === table && each.name === column)
}

/** `ticket.program_id`; of an index its table with what it is made of, since its own name says nothing. */
function whereOf({ kind, table, name, about }: SchemaChange): string {
  if (kind === 'create index') return `${table ?? ''} ${(about ?? name ?? '').replace(/^\w+ (?=\()/, '')}`
  return [table, name].filter((each) => each !== undefined).join('.')
}
