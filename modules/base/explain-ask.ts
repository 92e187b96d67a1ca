/** Who, what and which record a question about access means, by the names that people type. */
import { BadRequest, type ExplanationAsk, type ModelMeta, NotFound, nearest, type Services, UserError } from '@tessera/core'
import { User } from './user.model.ts'

/** As it is typed: the user's email address, an action or verb, a model by name or path, a record by id, code, number or title. */
export interface AskedAccess {
  readonly user: string
  /** A verb, an action of the model, or a named right without a model. */
  readonly action: string
  readonly model?: string | undefined
  readonly id?: string | undefined
  readonly field?: string | undefined
}

/** Throws a NotFound for a user, model or record, and a BadRequest for an action or field that does not exist, with a near match. */
export async function askOf(services: Services, asked: AskedAccess): Promise<ExplanationAsk> {
  if (asked.model === undefined || asked.model.trim() === '') return askOfRight(services, asked)
  const model = modelNamed(services, asked.model)
  const verb = verbNamed(services, model, asked.action)
  const field = asked.field === undefined || asked.field === '' ? undefined : fieldNamed(model, verb, asked.field)
  const user = await userNamed(services, asked.user)
  const record = asked.id === undefined || asked.id.trim() === '' ? undefined : await recordNamed(services, model, asked.id.trim())
  return { user, verb, model: model.name, record, field, locale: services.context.locale }
}

/** A named right belongs to no model, so that there is no record and no field to ask about. */
async function askOfRight(services: Services, { user, action, id = '', field = '' }: AskedAccess): Promise<ExplanationAsk> {
  const right = rightNamed(services, action)
  if (id !== '' || field !== '')
    throw new BadRequest('base.explain.right_alone', 'The right "{right}" belongs to no model: ask about it without a record or a field.', {
      right,
    })
  return { user: await userNamed(services, user), verb: right, model: '', locale: services.context.locale }
}

function rightNamed(services: Services, name: string): string {
  const wanted = name.trim()
  const known = services.access.permissions()
  if (known.has(wanted)) return wanted
  if (verbs.some((each) => each === wanted))
    throw new BadRequest('base.explain.verb_of_model', 'Say of which model: one has the right to {verb} records of one.', { verb: wanted })
  throw new BadRequest(
    'base.explain.no_right',
    'There is no named right "{name}". There are: {known}.',
    { name: wanted, known: [...known.keys()].sort().join(', ') },
    meaning(wanted, known.keys()),
  )
}

/** The verbs of every model; `create` and the others are what rules name. */
export const verbs = ['read', 'create', 'update', 'delete', 'export'] as const

export function modelNamed({ app }: Services, name: string): ModelMeta {
  const wanted = name.trim()
  const model = app.models.byName(wanted) ?? app.models.byPath(wanted)
  if (model) return model
  throw new NotFound(
    'base.explain.no_model',
    'There is no model "{name}".',
    { name: wanted },
    meaning(
      wanted,
      app.models.all.flatMap((each) => [each.name, each.path]),
    ),
  )
}

function verbNamed({ app, access }: Services, model: ModelMeta, name: string): string {
  const known = [...verbs, ...app.actions(model).map((action) => action.name)]
  const wanted = name.trim()
  const verb = known.find((each) => each === wanted) ?? known.find((each) => each.toLowerCase() === wanted.toLowerCase())
  if (verb) return verb
  const isRight = access.permissions().has(wanted)
  throw new BadRequest(
    'base.explain.no_action',
    'One cannot "{name}" {model}. There are: {known}.',
    { name: wanted, model: model.plural.toLowerCase(), known: known.join(', ') },
    isRight ? { hint: `"${wanted}" is a named right: ask for it without a model.` } : meaning(wanted, known),
  )
}

function fieldNamed(model: ModelMeta, verb: string, name: string): string {
  if (!verbs.some((each) => each === verb && each !== 'delete'))
    throw new BadRequest(
      'base.explain.no_field_of_action',
      'Fields are read, created, updated or exported; "{verb}" is about the whole record.',
      { verb },
    )
  if (model.fields.has(name)) return name
  const values = { name, model: model.plural.toLowerCase() }
  throw new BadRequest('base.explain.no_field', 'There is no field "{name}" in {model}.', values, meaning(name, model.fields.keys()))
}

/** The id of the user with this email address. */
export async function userNamed(services: Services, email: string): Promise<string> {
  const users = services.asSystem('Whose access is asked about is found by his email address; whoever may ask may see everybody.')
  const wanted = email.trim().toLowerCase()
  const user = await users.find(User, { email: wanted })
  if (user) return user.id
  const alike = await users.query(User, { fields: ['email'], where: { email: { $startsWith: wanted.slice(0, 2) } }, limit: 200 })
  const near = meaning(
    wanted,
    alike.rows.map((row) => row.email),
  )
  throw new NotFound('base.explain.no_user', 'There is no user with the email address {email}.', { email: wanted }, near)
}

/** The id of the record that is called so; an id is left as it is, whether or not a record has it. Throws a UserError for none and for several. */
export async function recordNamed(services: Services, model: ModelMeta, text: string): Promise<string> {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toLowerCase()
  const records = services.asSystem('Which record is asked about is found by what it is called; whoever may ask may see all.')
  for (const name of namingFields(model)) {
    const { rows } = await records.query(model.handle, { fields: [], where: { [name]: text }, limit: 2 } as never)
    const [first, second] = rows as readonly { readonly id: string }[]
    if (first && second)
      throw new UserError(
        'base.explain.several',
        'Several {models} are called "{text}".',
        { models: model.plural.toLowerCase(), text },
        { hint: 'Name the one you mean by its id.' },
      )
    if (first) return first.id
  }
  throw new NotFound('base.explain.no_record_named', 'There is no {model} "{text}".', { model: model.label.toLowerCase(), text })
}

function namingFields(model: ModelMeta): readonly string[] {
  const unique = [...model.unique.values()].flatMap(({ of }) => (of.length === 1 ? of : []))
  const title = model.title.needs.length === 1 ? model.title.needs : []
  return [...new Set([...(model.code ? [model.code] : []), ...unique, ...title].map(String))].filter((name) => {
    const field = model.fields.get(name)
    return field?.kind === 'scalar' && field.column !== undefined && !field.only && ['string', 'text', 'translated'].includes(field.type)
  })
}

function meaning(name: string, known: Iterable<string>): { readonly hint?: string } {
  const near = nearest(name, known)
  return near === undefined ? {} : { hint: `Did you mean "${near}"?` }
}
