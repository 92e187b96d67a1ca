/** What can be measured of records: how many there are, and what their numbers come to. */
import { fieldAt, type ModelMeta, makesGroups, readableField } from '@tessera/core'
import type { MenuSection } from '../screens.ts'
import { prepare, type Reader } from '../server/reader.ts'
import { inSentence, pathLabel } from '../server/words.ts'

const aggregates = ['sum', 'avg', 'min', 'max'] as const

/** Whether the reader may have it: of a number that he may not read there is no sum either. */
export function isMeasure({ ability }: Pick<Reader, 'ability'>, model: ModelMeta, measure: string): boolean {
  if (measure === 'count') return true
  const [path = '', how = ''] = measure.split(':')
  const field = readableField(ability, model, path)
  const isNumber = field?.kind === 'scalar' && numbers.includes(field.type) && fieldAt(model, path) !== undefined
  return isNumber && makesGroups(field) && (aggregates as readonly string[]).includes(how)
}
const numbers = ['integer', 'float', 'decimal']

/** "Tickets", "Average hours to close". */
export function measureName({ t }: Pick<Reader, 't'>, model: ModelMeta, measure: string): string {
  if (measure === 'count') return t('web.measure_count')
  const [path = '', how = ''] = measure.split(':')
  return t(`web.measure_${how}`, { name: inSentence(pathLabel(model, path, t)) })
}

/** Every measure, those of one number together; `href` leads to where it is chosen, or taken back. */
export function measureSections(
  reader: Reader,
  model: ModelMeta,
  chosen: readonly string[],
  href: (measure: string) => string,
): readonly MenuSection[] {
  const fields = prepare(reader, `measures ${model.name}`, () =>
    [...model.fields.keys()].filter((name) => name !== 'version' && isMeasure(reader, model, `${name}:sum`)),
  )
  const item = (measure: string) => ({
    label: measureName(reader, model, measure),
    href: href(measure),
    chosen: chosen.includes(measure),
  })
  return [
    { items: [item('count')] },
    ...fields.map((name) => ({ label: pathLabel(model, name, reader.t), items: aggregates.map((how) => item(`${name}:${how}`)) })),
  ]
}

/** Sums and counts of groups together are those of all; averages and extremes are not. */
export const addsUp = (measure: string): boolean => measure === 'count' || measure.endsWith(':sum')
