/** The plan of a module operation as people read it. */
import type { DataChange, DeclaredChange, Plan, PlannedModule, SchemaChange } from '../installation/plan.ts'
import { count, number, styled, table } from './terminal.ts'

export function planText(plan: Plan, { sql = false }: { sql?: boolean } = {}): string {
  const parts = [
    modulesText(plan.modules),
    ...plan.refusals.map(({ sentence, hint }) => `${styled('red', 'This cannot be done:')} ${sentence}${hint ? `\n${hint}` : ''}`),
    schemaText(plan.schema),
    plan.migrations.map(({ module, name, backfill }) => {
      const filled =
        backfill && `, fills ${count(backfill.rows, 'row')} of ${backfill.model}${backfill.apart ? ' while everybody works' : ''}`
      return `Migration of ${module}: ${name}${filled ?? ''}`
    }),
    dataText(plan.data),
    declaredText(plan.declared),
    sql ? plan.schema.flatMap((change) => change.sql.map((statement) => `${statement};`)).join('\n') : [],
    plan.refusals.length === 0 ? lastText(plan) : [],
  ]
  return parts
    .map((part) => (typeof part === 'string' ? part : part.join('\n')))
    .filter((part) => part !== '')
    .join('\n\n')
}

function modulesText(modules: readonly PlannedModule[]): string {
  if (modules.length === 0) return ''
  return table(
    ['MODULE', 'VERSION', 'BECOMES', 'WHY'],
    modules.map(({ name, version, from, becomes, why }) => [name, from ? `${from} -> ${version}` : version, becomes, whyText(why)]),
  )
}

function whyText(why: PlannedModule['why']): string {
  if (why.kind === 'needed') return `${why.of} needs it`
  if (why.kind === 'dependant') return `it needs ${why.of}`
  return why.kind === 'newer' ? 'its code here is another version' : ''
}

function schemaText(schema: readonly SchemaChange[]): string {
  if (schema.length === 0) return ''
  const rows = schema.map(({ kind, table: of, name, about, rows: held, values, apart }) => [
    kind,
    [of, name].filter((each) => each !== undefined).join('.'),
    shortened(about ?? ''),
    number(held),
    values === undefined ? '' : number(values),
    apart ? 'afterwards, while everybody works' : '',
  ])
  return table(['CHANGE', 'WHERE', 'WHAT', 'ROWS', 'VALUES', ''], rows)
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function dataText(data: readonly DataChange[]): string {
  const said = data.filter(({ change }) => change !== 'kept')
  if (said.length === 0) return ''
  return table(
    ['RECORD', 'BECOMES', ''],
    said.map(({ key, label, change, fields = [], uses = [], by }) => [
      `${key} (${label})`,
      change,
      [
        ...fields.map(({ field, here, now }) => `${field}: here ${JSON.stringify(here)}, shipped ${JSON.stringify(now)}`),
        ...uses.map(({ model, field, count: times }) => `${number(times)} × ${model}.${field}`),
        ...(by ? [`-> ${by}`] : []),
      ].join('; '),
    ]),
  )
}

/** By kind and change: `2 roles come: Officer, Clerk`. */
function declaredText(declared: readonly DeclaredChange[]): string {
  const groups = new Map<string, string[]>()
  for (const { change, kind, label } of declared) {
    const key = `${change} ${kind}`
    groups.set(key, [...(groups.get(key) ?? []), label])
  }
  const lines = [...groups].map(([key, labels]) => {
    const [change, kind] = key.split(' ') as [DeclaredChange['change'], string]
    const shown = labels.slice(0, 8).join(', ')
    return `${{ added: '+', changed: '~', removed: '-' }[change]} ${count(labels.length, kind)}: ${shown}${labels.length > 8 ? ', …' : ''}`
  })
  return lines.join('\n')
}

function lastText({ loses, seconds, schema }: Plan): string {
  const lost = [
    ...(loses.rows > 0 ? [count(loses.rows, 'row')] : []),
    ...(loses.values > 0 ? [`${count(loses.values, 'value')} in other tables`] : []),
  ]
  const kept = lost.length > 0 ? `It drops ${lost.join(' and ')}; an archive of them is written first. ` : ''
  const whole = schema.some(({ apart }) => apart) ? 'All but the indexes at once or nothing' : 'All at once or nothing'
  return `${kept}${whole}, in about ${seconds < 1 ? 'a second' : `${Math.ceil(seconds)} s`}.`
}
