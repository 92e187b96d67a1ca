/** What is asked for, in the address and in the form above the answer. */
import { modelNamed, recordNamed, User, verbInWords, verbs } from '@tessera/base'
import { labelOf, type ModelMeta, type Services, UserError } from '@tessera/core'

export const explainPath = '/access/explain'

export interface Asked {
  /** An email address; a name or a part of one is looked for. */
  readonly user: string
  readonly action: string
  readonly model: string
  /** An id, code, number or title; words are looked for. Empty for all records. */
  readonly id: string
  readonly field: string
  readonly who: boolean
  readonly as: string
}

/** Something of which several were found: to be chosen from. */
export interface Choice {
  readonly label: string
  readonly detail: string
  readonly href: string
}
export interface Meant extends Asked {
  readonly users: readonly Choice[]
  readonly records: readonly Choice[]
  /** Whether everything is named that an answer needs. */
  readonly isWhole: boolean
}

export function askedIn(query: URLSearchParams): Asked {
  const word = (name: string) => (query.get(name) ?? '').trim().slice(0, 200)
  const [user, action, model, id, field, as] = ['user', 'action', 'model', 'id', 'field', 'as'].map(word) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  return { user, action: action || 'read', model, id, field, as, who: query.get('who') === '1' }
}

export function explainHref({ user, action, model, id, field, who, as }: Partial<Asked>): string {
  const words = Object.entries({ user, action, model, id, field, as, who: who ? '1' : '' }).filter(([, word]) => word)
  return `${explainPath}?${new URLSearchParams(words as [string, string][])}`
}

const mostChoices = 12

/** Names and words become the one user and the one record that they mean, or what there is to choose from. */
export async function meant(services: Services, asked: Asked): Promise<Meant> {
  const isRight = services.access.permissions().has(asked.action)
  const users = asked.user === '' || asked.user.includes('@') ? [] : await usersCalled(services, asked.user)
  const user = users.length === 1 ? users[0]!.email : asked.user
  const model = isRight ? undefined : modelOf(services, asked.model)
  const found = model && asked.id !== '' ? await recordsCalled(services, model, asked.id) : []
  const id = found.length === 1 ? found[0]!.id : asked.id
  // Of a named right whatever stands in the other fields says nothing.
  const chosen = isRight ? { ...asked, user, model: '', id: '', field: '' } : { ...asked, user, id }
  return {
    ...chosen,
    users:
      users.length > 1
        ? users.map(({ name, email }) => ({ label: name, detail: email, href: explainHref({ ...chosen, user: email }) }))
        : [],
    records: found.length > 1 ? found.map(({ id: one, label }) => ({ label, detail: '', href: explainHref({ ...chosen, id: one }) })) : [],
    isWhole: user !== '' && (isRight || asked.model !== '') && users.length <= 1 && found.length <= 1,
  }
}

export interface Form {
  readonly user: string
  readonly users: readonly Choice[]
  readonly records: readonly Choice[]
  readonly known: readonly { readonly name: string; readonly email: string }[]
  readonly actions: readonly Option[]
  readonly own: { readonly label: string; readonly options: readonly Option[] } | undefined
  readonly rights: readonly Option[]
  readonly models: readonly Option[]
  readonly id: string
  readonly field: string
}
interface Option {
  readonly value: string
  readonly label: string
  readonly chosen: boolean
}

export async function formOf(services: Services, asked: Meant): Promise<Form> {
  const { access, app, context, records, text } = services
  const model = modelOf(services, asked.model)
  const { rows } = await records.query(User, { fields: ['name', 'email'], where: { active: true }, limit: 100 })
  const option = (value: string, label: string, chosen: boolean): Option => ({ value, label, chosen })
  const byLabel = (a: Option, b: Option) => a.label.localeCompare(b.label, context.locale)
  const own = model ? app.actions(model).map((action) => option(action.name, labelOf(action, text), action.name === asked.action)) : []
  return {
    user: asked.user,
    users: asked.users,
    records: asked.records,
    known: rows.map(({ name, email }) => ({ name, email })),
    actions: verbs.map((verb) =>
      option(verb, model ? verbInWords(services, model, verb) : text(`base.explain.verb.${verb}`), verb === asked.action),
    ),
    own: own.length > 0 ? { label: labelOf(model!, text), options: own } : undefined,
    rights: [...access.permissions().values()]
      .map((each) => option(each.permission, labelOf(each, text), each.permission === asked.action))
      .sort(byLabel),
    models: app.models.all.map((each) => option(each.name, labelOf(each, text), each === model)).sort(byLabel),
    id: model && asked.id !== '' ? await called(services, model, asked.id) : asked.id,
    field: asked.field,
  }
}

function modelOf(services: Services, name: string): ModelMeta | undefined {
  try {
    return name === '' ? undefined : modelNamed(services, name)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

async function usersCalled({ records }: Services, words: string): Promise<readonly { readonly name: string; readonly email: string }[]> {
  const { rows } = await records.query(User, { fields: ['name', 'email'], q: words, limit: mostChoices })
  const exact = rows.filter(({ name }) => name.toLowerCase() === words.toLowerCase())
  return exact.length === 1 ? exact : rows
}

/** The record that is called exactly so, else those that hold the words; an id is left to the answer. */
async function recordsCalled(
  services: Services,
  model: ModelMeta,
  words: string,
): Promise<readonly { readonly id: string; readonly label: string }[]> {
  if (isId(words)) return []
  const exact = await recordNamed(services, model, words).catch((error: unknown) => {
    if (error instanceof UserError) return undefined
    throw error
  })
  if (exact !== undefined) return [{ id: exact, label: words }]
  const { rows } = await services.records.query(model.handle, { fields: [], q: words, limit: mostChoices, label: true } as never)
  return (rows as unknown as readonly { readonly id: string; readonly label: string | null }[]).map(({ id, label }) => ({
    id,
    label: label ?? id,
  }))
}

/** How a record is called rather than by its id, where the reader may see it. */
async function called({ records }: Services, model: ModelMeta, id: string): Promise<string> {
  const by = model.code ?? [...model.unique.values()].find(({ of }) => of.length === 1)?.of[0]
  if (!isId(id) || by === undefined) return id
  const { rows } = await records.query(model.handle, { fields: [by], where: { id }, limit: 1 } as never)
  const name = (rows as unknown as readonly Readonly<Record<string, unknown>>[])[0]?.[String(by)]
  return typeof name === 'string' && name !== '' ? name : id
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}
