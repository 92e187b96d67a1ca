/** What many models say in the same words is translated once: `record.field.createdAt`, `record.filter.active`, `record.grain.day`. */
import type { ModelMeta } from '../model/meta.ts'
import { fieldAt } from '../model/meta.ts'
import type { Composition } from '../module/composition.ts'
import { codeOf, groupingCode } from './codes.ts'

type Catalogue = ReadonlyMap<string, string>

/**
 * The catalogue of a language with what follows from it: a text of a model that has the same English as the one of every record, and
 * what a list is grouped by, from the label of its field. What a catalogue says of a model itself stands.
 */
export function withCommon(own: Catalogue, english: Catalogue, composition: Omit<Composition, 'texts'>): Catalogue {
  const names = new Set(composition.models.all.map(({ name }) => name))
  const all = new Map(own)
  for (const [code, text] of english) {
    const [name = '', ...rest] = code.split('.')
    const common = `record.${rest.join('.')}`
    const said = own.get(common)
    if (!all.has(code) && names.has(name) && said !== undefined && english.get(common) === text) all.set(code, said)
  }
  for (const model of composition.models.all) {
    for (const grouping of composition.screens(model).search.groups.map(String)) {
      const code = groupingCode(model, grouping)
      const text = all.has(code) ? undefined : groupingText(all, model, grouping)
      if (text !== undefined) all.set(code, text)
    }
  }
  return all
}

/** "Date de création, par mois", as far as the catalogue has the words. */
function groupingText(catalogue: Catalogue, model: ModelMeta, grouping: string): string | undefined {
  const [path = '', grain] = grouping.split(':')
  const steps = path.split('.')
  const labels = steps.map((_, at) => {
    const field = fieldAt(model, steps.slice(0, at + 1).join('.'))
    return field && catalogue.get(codeOf(field))
  })
  const by = grain === undefined ? '{label}' : catalogue.get(`record.grain.${grain}`)
  if (by === undefined || labels.includes(undefined)) return undefined
  return by.replace('{label}', () => labels.join(', '))
}
