/** Statements that modules wrote themselves: run once, again when they changed, and undone when nobody declares them any more. */
import type { Composition } from '../module/composition.ts'
import type { Transaction } from '../records/transaction.ts'
import type { SchemaChange } from './plan.ts'

export type DdlChange = SchemaChange & {
  readonly model: string
  readonly ddl: string
  /** What is kept of it, to undo it; nothing when it goes. */
  readonly now: { readonly up: string; readonly down: string } | undefined
}

/** `undone` first, as what goes may be in the way of what comes. */
export async function rawDdlChanges({ models }: Composition, transaction: Transaction): Promise<readonly DdlChange[]> {
  const rows = await transaction.run('select model, name, up, down from tessera_ddl order by model, name', [])
  const known = new Map(rows.map((row) => [`${row.model}.${row.name}`, row]))
  const wanted = models.all.flatMap((model) => [...model.ddl].map(([name, ddl]) => ({ model, name, ddl })))
  const keys = new Set(wanted.map(({ model, name }) => `${model.name}.${name}`))
  const undone = rows
    .filter(({ model, name }) => !keys.has(`${model}.${name}`))
    .map(({ model, name, down }) => change(String(model), String(name), undefined, [String(down)], undefined))
  const made = wanted.flatMap(({ model, name, ddl }) => {
    const before = known.get(`${model.name}.${name}`)
    if (before?.up === ddl.up) return []
    const sql = before ? [String(before.down), ddl.up] : [ddl.up]
    return [change(model.name, name, model.table, sql, { up: ddl.up, down: ddl.down })]
  })
  return [...undone, ...made]
}

export async function changeRawDdl(transaction: Transaction, { model, ddl, now, sql }: DdlChange): Promise<void> {
  for (const statement of sql) await transaction.run(statement, [])
  if (!now) await transaction.run('delete from tessera_ddl where model = $1 and name = $2', [model, ddl])
  else
    await transaction.run(
      `insert into tessera_ddl (model, name, up, down) values ($1, $2, $3, $4)
       on conflict (model, name) do update set up = excluded.up, down = excluded.down`,
      [model, ddl, now.up, now.down],
    )
}

function change(model: string, ddl: string, table: string | undefined, sql: readonly string[], now: DdlChange['now']): DdlChange {
  const about = now ? 'of the module itself' : 'no longer declared'
  return {
    kind: 'other',
    module: undefined,
    table,
    name: ddl,
    about,
    rows: 0,
    values: undefined,
    seconds: 0,
    sql,
    apart: false,
    model,
    ddl,
    now,
  }
}
