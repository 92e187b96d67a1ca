import { labelOf, type ModelMeta, NotFound } from '@tessera/core'
import { BulkRun } from '../bulk-run.model.ts'
import { isId } from '../server/control.ts'
import type { Reader } from '../server/reader.ts'
import { inSentence, modelPlural } from '../server/words.ts'

export type OfRun = { readonly model: string; readonly run: string }

/** The reader's own; of somebody else's nobody is told, an administrator neither. */
export async function demandRun({ records, services }: Reader, model: ModelMeta, id: string): Promise<BulkRun> {
  const user = services.context.caller.id
  const run = isId(id) && user !== null ? await records.find(BulkRun, { id, model: model.name, user }) : null
  if (!run) throw new NotFound('web.no_run', 'There is no such change to many, or it is somebody else’s.')
  return run
}

/** "Subject: 203 tickets"; of what puts it back, "Put back: Subject: 203 tickets". */
export function runTitle(
  { app, t, formats }: Reader,
  model: ModelMeta,
  { deed, name, total }: Pick<BulkRun, 'deed' | 'name' | 'total'>,
): string {
  const part = deed === 'action' ? app.actions(model).find((each) => each.name === name) : model.fields.get(name)
  const what = deed === 'delete' ? t('web.delete_now') : part ? labelOf(part, t) : name
  const title = `${what}: ${t('web.records', { count: formats.count(total), noun: inSentence(modelPlural(model, t)) })}`
  return deed === 'undo' ? t('web.run_puts_back', { title }) : title
}
