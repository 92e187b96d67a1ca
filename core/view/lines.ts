/** Related records as lines of a form: checked once all patches are in. */
import { didYouMean, type Scope } from '../check/faults.ts'
import { type FormDraft, partsIn } from './draft.ts'

/** Lines are records that point back, and their columns what one writes on these themselves. */
export function checkLines({ model, parts }: FormDraft, scopes: (module: string) => Scope): void {
  for (const { part } of partsIn(parts)) {
    if (part.node !== 'field' || part.gone || part.shown.as !== 'lines') continue
    const { field: name, list, module } = part.shown
    const scope = scopes(module)
    const where = `The form of "${model.name}" shows "${name}" as lines`
    const field = model.fields.get(name)
    if (field?.kind !== 'many' || !field.mappedBy) {
      scope.report('view.no_lines', `${where}, which is no relation to records that point back.`)
      continue
    }
    if (!list || list.length === 0)
      scope.report('view.no_lines', `${where} without columns.`, `Name fields of "${field.target.name}" under list.`)
    for (const column of list ?? []) {
      const own = field.target.fields.get(column)
      const isWritten = own?.kind === 'one' || (own?.kind === 'scalar' && own.type !== 'json')
      if (isWritten && column !== field.mappedBy) continue
      const sentence = `${where} with the column "${column}", which is no value of "${field.target.name}" that fits into a line.`
      scope.report('view.no_lines', sentence, didYouMean(column, field.target.fields.keys()))
    }
  }
}
