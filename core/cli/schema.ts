/** What bringing the database up to date would do to its schema. */
import type { App } from '../app.ts'
import { lockedState, prepareAll } from '../installation/install.ts'
import { rehearsed } from '../installation/rehearsal.ts'

export async function schemaPlan(app: App): Promise<readonly string[]> {
  const { plan } = await rehearsed(app.operate, async (installing, transaction) =>
    prepareAll(installing, transaction, await lockedState(transaction)),
  )
  return plan.schema.flatMap(({ sql }) => sql)
}
