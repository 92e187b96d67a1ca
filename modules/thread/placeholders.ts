/** The placeholders of a saved reply: which there are, and what takes their place for a record. */
import { type FieldMeta, fieldAt, fieldsAlong, type ModelMeta, nearest, readableField, type Services, UserError } from '@tessera/core'
import { fillerOf, namesIn, organisationName, wordsOf } from '@tessera/web'

/** What every text may say, whatever it is about. */
const always = ['me.name', 'organisation'] as const

/** Refuses a text with a placeholder for what no record that is talked about has, or none that its writer may read. */
export function checkReply(text: string, services: Services): void {
  const models = talkedAbout(services)
  for (const { name, shown } of askedIn(text)) {
    if (isAlways(name) || models.some((model) => fieldFor(services, model, name))) continue
    const near = nearest(name, always) ?? models.map((model) => nearestPath(services, model, name)).find((each) => each !== undefined)
    const values = { placeholder: shown, name, near }
    if (near === undefined)
      throw new UserError(
        'thread.unknown_placeholder',
        '{placeholder} cannot be filled in: there is nothing called "{name}" that you may read.',
        values,
      )
    throw new UserError(
      'thread.unknown_placeholder_near',
      '{placeholder} cannot be filled in: there is nothing called "{name}" that you may read. Did you mean "{near}"?',
      values,
    )
  }
}

/** Whether a record of this model has all that a text asks for. */
export function fits(text: string, model: ModelMeta): boolean {
  return askedIn(text).every(({ name }) => isAlways(name) || fieldAt(model, name) !== undefined)
}

/** A text filled in, and the paths for which there was nothing. */
export interface FilledText {
  readonly text: string
  readonly empty: readonly string[]
}

/** Fills texts about one record with what `services` may read of it, in their language: one question for all of them. */
export async function fillIn(texts: readonly string[], model: ModelMeta, id: string, services: Services): Promise<readonly FilledText[]> {
  const { context, records } = services
  const asked = texts.map((text) => [...new Set(askedIn(text).map(({ name }) => name))])
  const paths = [...new Set(asked.flat())].filter((name) => !isAlways(name) && fieldFor(services, model, name))
  const { rows } =
    paths.length === 0 ? { rows: [] } : await records.query(model.handle, { fields: paths as never, where: { id } as never, limit: 1 })
  const values = new Map<string, string>([
    ['me.name', context.caller.name],
    ['organisation', await organisationName(services)],
  ])
  for (const path of paths) values.set(path, (wordsOf(services, fieldAt(model, path), valueAt(rows[0], path)) ?? '').slice(0, longestValue))
  return texts.map((text, at) => {
    const its = asked[at] ?? []
    return {
      text: fillerOf(text)(Object.fromEntries(its.map((name) => [name, values.get(name) ?? '']))).slice(0, longestText),
      empty: its.filter((name) => !values.get(name)),
    }
  })
}

/** However often a text names a long description, it stays one that can be looked at, and sent. */
const longestValue = 2_000
const longestText = 20_000

function askedIn(text: string) {
  return namesIn(
    text,
    (shown) =>
      new UserError(
        'thread.not_plain',
        '{placeholder} cannot stand in a saved reply. Between two braces stands the name of a field such as {example}, alone or after #if or #unless.',
        { placeholder: shown, example: 'partner.name' },
      ),
  )
}

const isAlways = (name: string): boolean => (always as readonly string[]).includes(name)

/** The models whose records are talked about. */
function talkedAbout({ app }: Services): readonly ModelMeta[] {
  return app.models.all.filter((model) => app.screens(model).form.conversation !== undefined)
}

/** A field with one value that can be said in words, when the reader may read every step to it. What is the system's alone is for no text. */
function fieldFor({ context }: Services, model: ModelMeta, path: string): FieldMeta | undefined {
  const field = fieldAt(model, path)
  if (!field || field.kind === 'many' || (field.kind === 'scalar' && field.type === 'json')) return undefined
  if (fieldsAlong(model, path.split('.')).some(({ only }) => only?.length === 0)) return undefined
  return readableField(context.caller.ability, model, path)
}

/** What somebody may have meant: the first step that is not there, put right. */
function nearestPath(services: Services, model: ModelMeta, path: string): string | undefined {
  const [head = '', ...rest] = path.split('.')
  const field = fieldFor(services, model, head)
  if (field?.kind === 'one' && rest.length > 0) {
    const behind = nearestPath(services, field.target, rest.join('.'))
    return behind && `${head}.${behind}`
  }
  const known = [...model.fields.keys()].filter((name) => fieldFor(services, model, name))
  const near = nearest(head, known)
  if (near === undefined || rest.length === 0) return near
  return fieldFor(services, model, `${near}.${rest.join('.')}`) ? `${near}.${rest.join('.')}` : near
}

function valueAt(row: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (at, step) => (typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[step] : undefined),
      row,
    )
}
