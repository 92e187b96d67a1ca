/** Records by what people call them: the id, the code, another field that is unique, or the title. */
import type { Ability } from '../access/ability.ts'
import { NotFound, nearest, UserError } from '../errors.ts'
import type { ModelMeta } from '../model/meta.ts'
import { isId } from '../records/read.ts'
import type { Services } from '../service/services.ts'

/** What a text names: one record's id, none or several. */
export type Named = { readonly id: string } | 'none' | 'several'

/** Looks the texts up as the caller sees the records; `by` allows one field only. */
export async function nameRecords(
  services: Services,
  model: ModelMeta,
  texts: Iterable<string>,
  by?: string,
): Promise<ReadonlyMap<string, Named>> {
  const named = new Map<string, Named>()
  const open = new Set(texts)
  for (const text of open) if (!by && isId(text)) named.set(text, { id: text })
  for (const field of by ? [by] : namingFields(model, services.context.caller.ability)) {
    const left = [...open].filter((text) => !named.has(text))
    for (let start = 0; start < left.length; start += atOnce) await look(services, model, field, left.slice(start, start + atOnce), named)
  }
  for (const text of open) if (!named.has(text)) named.set(text, 'none')
  return named
}

/** The id of the one record that a text names. Throws a NotFound with a near match, or a UserError when several are called so. */
export async function nameRecord(services: Services, model: ModelMeta, text: string): Promise<string> {
  const named = (await nameRecords(services, model, [text])).get(text)
  if (typeof named === 'object') return named.id
  const values = { model: model.label.toLowerCase(), models: model.plural.toLowerCase(), text }
  if (named === 'several') {
    throw new UserError('naming.several', 'Several {models} are called "{text}".', values, { hint: 'Name the one you mean by its id.' })
  }
  const near = model.code ? nearest(text, await codesOf(services, model, model.code)) : undefined
  throw new NotFound(
    'naming.none',
    'There is no {model} "{text}", or you may not see it.',
    values,
    near ? { hint: `Did you mean "${near}"?` } : {},
  )
}

/** Far below the 200 rows of one answer, so that two of each name still fit. */
const atOnce = 90

async function look(
  { records }: Services,
  model: ModelMeta,
  field: string,
  texts: readonly string[],
  named: Map<string, Named>,
): Promise<void> {
  const ask = { fields: [field], where: { [field]: { $in: texts } }, limit: 200 }
  const { rows, next } = await records.query(model.handle, ask)
  for (const row of rows as readonly Readonly<Record<string, unknown>>[]) {
    const text = String(row[field])
    named.set(text, named.has(text) ? 'several' : { id: String(row.id) })
  }
  // One name that very many share crowds out the others: they are asked for one by one.
  if (next !== null && texts.length > 1) {
    for (const text of texts) {
      named.delete(text)
      await look({ records } as Services, model, field, [text], named)
    }
  }
}

/** The fields by which people call records, the code first. */
export function namingFields(model: ModelMeta, ability: Ability): readonly string[] {
  const unique = [...model.unique.values()].flatMap(({ of }) => (of.length === 1 ? of : []))
  const title = model.title.needs.length === 1 ? model.title.needs : []
  const names = [...new Set([...(model.code ? [model.code] : []), ...unique, ...title].map(String))]
  return names.filter((name) => {
    const field = model.fields.get(name)
    return field?.kind === 'scalar' && field.column !== undefined && textual.has(field.type) && ability.field('read', field) !== false
  })
}
const textual = new Set(['string', 'text', 'translated'])

async function codesOf({ records }: Services, model: ModelMeta, code: string): Promise<readonly string[]> {
  const { rows } = await records.query(model.handle, { fields: [code], limit: 200 })
  return (rows as readonly Readonly<Record<string, unknown>>[]).map((row) => String(row[code]))
}
