/** The control for a row's value. */
import { fieldAt, labelOf, type ModelMeta, nameInMe } from '@tessera/core'
import type { Field } from '../screens.ts'
import { type Choices, choicesFor } from '../server/choices.ts'
import { isId } from '../server/control.ts'
import type { Reader } from '../server/reader.ts'
import { queryRows, type Row as RecordRow } from '../server/rows.ts'
import { optionLabel } from '../server/words.ts'
import { choiceAt, codedBy, targetOf } from './fields.ts'
import type { Row } from './nodes.ts'
import { kindOf, meText, takenBy } from './operators.ts'

interface About {
  readonly placeholders: boolean
  readonly error: string | undefined
  /** The builder's name: its buttons ask for what is looked for without a script. */
  readonly root: string
}

export async function valueField(reader: Reader, model: ModelMeta, row: Row, name: string, words: string, about: About): Promise<Field> {
  const { t } = reader
  const head = { name, label: t('web.builder_value', { field: words }), ...(about.error !== undefined && { error: about.error }) }
  const value = row.texts.at(-1) ?? ''
  if (takenBy(row.operator) === 'span')
    return {
      ...head,
      kind: 'number',
      value,
      step: '1',
      min: '0',
      unit: t(row.operator.endsWith('days') ? 'web.builder_days' : 'web.builder_hours'),
    }
  const target = targetOf(model, row.path)
  if (target) return records(reader, model, target, row, head, about)
  const coded = codedBy(model, row.path)
  if (coded) return codes(reader, coded, row, head, about, choiceAt(model, row.path))
  const field = fieldAt(model, row.path)
  switch (kindOf(model, row.path)) {
    case 'choice': {
      const values = field?.kind === 'scalar' ? [...new Set([...(field.values ?? []), ...row.texts])] : row.texts
      const label = (each: string) => (field?.kind === 'scalar' ? optionLabel(field, each, t) : each)
      return {
        ...head,
        kind: 'tags',
        options: values.map((each) => ({ value: each, label: label(each), chosen: row.texts.includes(each) })),
      }
    }
    case 'boolean':
      return {
        ...head,
        kind: 'select',
        value,
        options: ['true', 'false'].map((each) => ({ value: each, label: t(each === 'true' ? 'web.yes' : 'web.no') })),
      }
    case 'number':
      return { ...head, kind: 'number', value }
    case 'day':
      return { ...head, kind: 'date', value }
    case 'instant':
      return { ...head, kind: 'datetime', value }
    default:
      return { ...head, kind: 'text', value }
  }
}

/** Chosen ones are always among the options; over a long list, a script finds the others. */
async function records(
  reader: Reader,
  model: ModelMeta,
  target: ModelMeta,
  row: Row,
  head: { readonly name: string; readonly label: string },
  about: About,
): Promise<Field> {
  const { placeholders } = about
  const { rows, more } = await offered(reader, target, row, choiceAt(model, row.path))
  const known = new Set(rows.map(({ id }) => id))
  const others = row.texts.filter((text) => isId(text) && !known.has(text))
  const found = others.length > 0 ? await labelled(reader, target, others) : []
  const gone = others.filter((id) => !found.some((each) => each.id === id))
  const own = ownOf(reader, target, placeholders)
  const unknown = row.texts.filter((text) => !isId(text) && !own.some(({ value }) => value === text))
  const options = [
    ...own,
    ...unknown.map((value) => ({ value, label: value })),
    ...[...found, ...rows].map(({ id, label }) => ({ value: id, label: label ?? '' })),
    ...gone.map((value) => ({ value, label: reader.t('web.gone') })),
  ]
  const search = `/${model.path}/options?${new URLSearchParams({ field: row.path, every: '1' })}`
  return {
    ...head,
    kind: 'tags',
    options: options.map((option) => ({ ...option, chosen: row.texts.includes(option.value) })),
    ...(more && { search, ...findIn(row, head, about) }),
  }
}

/** A box and a button for whoever has no script, which reload the page with what is found. */
function findIn({ find = '' }: Row, { name }: { readonly name: string }, { root }: About) {
  return { find: { name: name.replace(/\.value$/, '.find'), value: find, button: `${root}.change` } }
}

/**
 * What can be chosen; when something is looked for, that of it. There are always more than those, and more than a relation may be given
 * now: records keep what they were given when it could be.
 */
async function offered(
  reader: Reader,
  target: ModelMeta,
  { find }: Row,
  choice: object | undefined,
  fields: readonly string[] = [],
): Promise<Choices> {
  if (find === undefined) {
    const { rows, more } = await choicesFor(reader, target, choice, fields)
    return { rows, more: more || choice !== undefined }
  }
  const { rows } = await queryRows(reader.records, target, { fields, q: find, limit: mostFound })
  return { rows, more: true }
}
const mostFound = 50

async function codes(
  reader: Reader,
  target: ModelMeta,
  row: Row,
  head: { readonly name: string; readonly label: string },
  about: About,
  choice: object | undefined,
): Promise<Field> {
  const { rows, more } = await offered(reader, target, row, choice, [target.code!])
  const known = rows
    .map((each) => ({ value: String(each[target.code!] ?? ''), label: each.label ?? '' }))
    .filter(({ value }) => value !== '')
  const others = row.texts.filter((text) => !known.some(({ value }) => value === text)).map((value) => ({ value, label: value }))
  return {
    ...head,
    kind: 'tags',
    options: [...others, ...known].map((option) => ({ ...option, chosen: row.texts.includes(option.value) })),
    ...(more && findIn(row, head, about)),
  }
}

/** "The user", "his teams": what the user who asks brings along of these records. */
function ownOf({ app, t }: Reader, target: ModelMeta, placeholders: boolean) {
  const { actor } = app.models
  if (!placeholders || !actor) return []
  const himself = target.name === actor.name ? [{ value: meText('id'), label: t('web.builder_the_user') }] : []
  const his = [...actor.fields.values()].flatMap((field) => {
    const isHis = field.kind !== 'scalar' && field.target.name === target.name && !(field.kind === 'many' && !field.pivot)
    if (!isHis || field.name === 'createdBy' || field.name === 'updatedBy') return []
    return [{ value: meText(nameInMe(field)), label: t('web.builder_of_user', { field: labelOf(field, t) }) }]
  })
  return [...himself, ...his]
}

async function labelled(reader: Reader, target: ModelMeta, ids: readonly string[]): Promise<readonly RecordRow[]> {
  const { rows } = await queryRows(reader.records, target, { fields: [], where: { id: { $in: ids } }, order: { id: 'asc' }, limit: 200 })
  return rows
}
