import { type Ability, demandConfirmed, Forbidden, type ModelMeta, NotFound } from '@tessera/core'
import { isId } from '../server/control.ts'
import type { Reader } from '../server/reader.ts'
import { inSentence, modelPlural } from '../server/words.ts'
import { ImportRun } from './import-run.model.ts'

/** Whether records of the model may be made from a file: whoever may make one may make many. */
export function mayImport(ability: Ability, model: ModelMeta): boolean {
  return !model.appendOnly && ability.possible('create', model)
}

/** Refuses (403) somebody who may look at records, but make none. */
export function refuseImport({ ability, services, t }: Pick<Reader, 'ability' | 'services' | 't'>, model: ModelMeta): void {
  if (mayImport(ability, model)) return
  const sentence = '{name} may look at {model} here, but not import them: that takes the right to create some.'
  throw new Forbidden('web.may_not_import', sentence, { name: services.context.caller.name, model: inSentence(modelPlural(model, t)) })
}

/** The reader's own; of somebody else's nobody is told, an administrator neither. */
export async function demandImport({ records, services }: Reader, model: ModelMeta, id: string): Promise<ImportRun> {
  const user = services.context.caller.id
  const run = isId(id) && user !== null ? await records.find(ImportRun, { id, model: model.name, user }) : null
  if (!run) throw new NotFound('web.no_import', 'There is no such import, or it is somebody else’s.')
  return run
}

/** What only its user himself may write at a form, he may not import from an open browser either. */
export function demandConfirmedFor({ services }: Reader, model: ModelMeta, { columns }: Pick<ImportRun, 'columns'>): void {
  const fields = Object.values(columns).map((path) => model.fields.get(path.split('.')[0]!))
  if (model.confirmed || fields.some((field) => field?.confirmed)) demandConfirmed(services.context)
}
