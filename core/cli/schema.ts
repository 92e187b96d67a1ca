/** What bringing the database up to date would do to its schema. */
import type { App } from '../app.ts'
import { schemaDifference } from '../installation/schema.ts'

export function schemaPlan({ connection }: App): Promise<readonly string[]> {
  return schemaDifference(connection)
}
