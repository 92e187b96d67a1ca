/** Which local rules and conditions of this deployment name a field: it does not go while they do. */
import type { FieldMeta, ModelMeta } from '../model/meta.ts'
import type { Composition } from '../module/composition.ts'
import type { Transaction } from '../records/transaction.ts'
import { codeOf } from '../texts/codes.ts'
import type { Node } from '../view/composed.ts'
import type { Operation, Refusal } from './plan.ts'
import { refusal } from './refusal.ts'

/** A refusal for each record that names the field that an operation removes or hides. */
export async function fieldUses(
  transaction: Transaction,
  { field }: Operation,
  { models, screens }: Composition,
): Promise<readonly Refusal[]> {
  if (!field || !('remove' in field || field.definition.hidden)) return []
  const found: Refusal[] = []
  for (const model of models.all) {
    const columns = [...model.fields.values()].filter(namesFields)
    if (columns.length === 0 || model.journal || model.appendOnly) continue
    const abouts = conditionsIn(screens(model).form.of)
    const shown = columns.map(({ column }) => `"${column}"`).join(', ')
    const mentions = columns.map(({ column }) => `"${column}"::text like $1`).join(' or ')
    const rows = await transaction.run(`select to_jsonb(t) as row, ${shown} from "${model.table}" t where ${mentions}`, [`%${field.name}%`])
    for (const row of rows) {
      const whole = row.row as Readonly<Record<string, unknown>>
      const isUser = columns.some((each) => {
        // What a template is about is its own affair: a placeholder of this name is one too many.
        if (each.type === 'translated') return placeholdersIn(row[each.column!]).includes(field.name)
        const about = models.byName(abouts.get(each.name) ?? String(whole.model ?? ''))
        return namesIn(row[each.column!]).some((path) => about && leadsTo(about, path, field))
      })
      if (!isUser) continue
      const said = Object.values(whole).filter(
        (value) => typeof value === 'string' && value !== '' && !/^[0-9a-f-]{36}$|^\d{4}-/.test(value),
      )
      found.push(
        refusal(
          'field.named',
          'The field "{name}" of "{of}" is named by {model} "{title}".',
          {
            name: field.name,
            of: field.model,
            model: model.label.toLowerCase(),
            modelCode: codeOf(model),
            title: titleOf(model, whole) ?? said.join(', '),
          },
          'Take it out of there first.',
        ),
      )
    }
  }
  return found
}

/** Conditions and mappings are JSON; a template is written in each language. */
function namesFields(field: FieldMeta): field is Extract<FieldMeta, { kind: 'scalar' }> {
  return field.kind === 'scalar' && (field.type === 'json' || field.type === 'translated') && field.column !== undefined
}

/** `{{x_price}}`, `{{#if ticket.x_price}}`: every name between braces in any of the languages. */
function placeholdersIn(texts: unknown): readonly string[] {
  const all = Object.values(typeof texts === 'object' && texts !== null ? texts : {}).join('\n')
  return [...all.matchAll(/\{\{([^}]*)\}\}/g)].flatMap(([, inner = '']) => inner.split(/[^\w]+/))
}

/** Fields that the form shows as conditions, and the model that each is about. */
function conditionsIn(nodes: readonly Node[]): ReadonlyMap<string, string> {
  return new Map(
    nodes.flatMap((node): (readonly [string, string])[] => {
      if (node.node !== 'field') return [...conditionsIn(node.of)]
      return node.as === 'condition' && node.of !== undefined ? [[node.field, node.of]] : []
    }),
  )
}

/** Every key and every text in a JSON value: what may be the path of a field. */
function namesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap(namesIn)
  // A condition may lead through relations: each step is a key of its own.
  return Object.entries(value).flatMap(([key, inner]) => {
    const below = namesIn(inner)
    return key.startsWith('$') ? below : [key, ...below, ...below.map((each) => `${key}.${each}`)]
  })
}

function leadsTo(model: ModelMeta, path: string, field: { readonly model: string; readonly name: string }): boolean {
  const steps = path.split('.')
  let at: ModelMeta | undefined = model
  for (const step of steps) {
    if (!at) return false
    if (step === field.name && at.name === field.model) return true
    const next: FieldMeta | undefined = at.fields.get(step)
    // A list of rules or of clauses is keyed by words that are no fields.
    if (next) at = next.kind === 'scalar' ? undefined : next.target
  }
  return false
}

function titleOf({ title, fields }: ModelMeta, row: Readonly<Record<string, unknown>>): string | undefined {
  const field = title.field === undefined ? undefined : fields.get(title.field)
  const value = field?.kind === 'scalar' && field.column !== undefined ? row[field.column] : undefined
  return typeof value === 'string' ? value : undefined
}
