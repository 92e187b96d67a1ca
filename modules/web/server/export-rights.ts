import { type Ability, Forbidden, fieldAt, type ModelMeta } from '@tessera/core'
import type { Reader } from './reader.ts'
import { inSentence, modelPlural } from './words.ts'

/** Whether some records of the model may be taken out as a file. */
export function mayExport(ability: Ability, model: ModelMeta): boolean {
  return ability.possible('read', model) && ability.possible('export', model)
}

/** Refuses (403) somebody who may look at records, but not take them out. */
export function refuseExport({ ability, services, t }: Reader, model: ModelMeta): void {
  if (mayExport(ability, model)) return
  throw new Forbidden('web.may_not_export', '{name} may look at {model} here, but not export them: that takes the right "export".', {
    name: services.context.caller.name,
    model: inSentence(modelPlural(model, t)),
  })
}

/**
 * Whether a column goes into the file: one of a related record does where that model may be exported whole, since the rule of the
 * list is no rule for its records.
 */
export function isExportable(ability: Ability, model: ModelMeta, path: string): boolean {
  const [head = '', ...rest] = path.split('.')
  const first = model.fields.get(head)
  const last = fieldAt(model, path)
  if (!first || !last || ability.field('export', first) === false) return false
  if (rest.length === 0) return true
  const records = ability.records('export', last.model)
  return ability.field('export', last) === true && 'all' in records && records.all.length === 0
}
