/** Conditions that people put together: rows of field, operator and value, in groups. Works without a script. */
import { conditionInWords } from '@tessera/base'
import { type Ability, BadRequest, type ModelMeta, type Request, readableField, type Services } from '@tessera/core'
import { readerOf } from '../server/reader.ts'
import { templates } from '../server/screens.service.ts'
import { builderCount } from './count.ts'
import { type OfferedFields, offeredFields, pathWords } from './fields.ts'
import { type BuilderNode, deepest, type Group, isSame, jsonIn, modelIn, nodesOf, type Raw, type Row, whereOf } from './nodes.ts'
import { isAboutRelated, kindOf, operatorsOf, takenBy, whereOfRow } from './operators.ts'
import { type BuilderChange, changed, type Form, formOf, sentIn } from './typed.ts'
import { valueField } from './value.ts'

export interface BuilderAbout {
  /** All its fields begin with `<name>.`; several builders of one page differ in it. */
  readonly name: string
  /** What the builder stands for, for those who hear it: "Which tickets". */
  readonly label?: string
  readonly where: object | undefined
  /** After a POST that was not taken: what was typed is shown instead of `where`, with what is wrong with it. */
  readonly request?: Pick<Request, 'body'>
  /** The same where the form was taken apart already. */
  readonly form?: Form
  /** Offers "the user" and what belongs to him. */
  readonly placeholders?: boolean
  /** Whose fields are offered; those of the reader if absent. */
  readonly ability?: Ability
}

/** What was sent as a condition. */
export interface ReadFilter {
  readonly where: object
  /** A button of the builder was pressed: show the form again, and save nothing. */
  readonly change?: BuilderChange
  /** Sentences by place of the row, `0` or `1.0`; a condition with one is not complete. */
  readonly errors: ReadonlyMap<string, string>
}

const render = templates(new URL('../templates/', import.meta.url))

/** The fields of a condition, for a form of any module. */
export async function filterBuilder(services: Services, model: ModelMeta, about: BuilderAbout): Promise<{ readonly html: string }> {
  const form = about.form ?? (about.request && formOf(about.request))
  const sent = form && sentIn(model, about.name, form)
  const isRefused = sent !== undefined && sent.change === undefined
  const { zone } = services.context
  const group = sent ? changed(sent) : nodesOf(model, about.where ?? {}, zone)
  const ability = about.ability ?? services.context.caller.ability
  const errors = isRefused ? errorsIn(services, model, group, ability) : new Map<string, string>()
  const shown = await shownGroup({ services, model, about, errors, offered: offeredFor(services, ability, model) }, group, '', 1)
  const count = sent?.change === 'count' && form ? await builderCount(services, model, about.name, form) : undefined
  return { html: render('builder', { ...shown, ...headOf(model, about), count }, services) }
}

/** A posted builder as a condition of the one language. */
export function readFilter(services: Services, model: ModelMeta, name: string, form: Form, ability?: Ability): ReadFilter {
  const sent = sentIn(model, name, form)
  if (!sent) return { where: {}, errors: new Map() }
  return {
    where: whereOf(model, changed(sent), services.context.zone),
    ...(sent.change && { change: sent.change }),
    errors: errorsIn(services, model, sent.group, ability ?? services.context.caller.ability),
  }
}

/** The condition as it is stored, where what was sent says the same: opening and saving changes nothing. */
export function keptOr(model: ModelMeta, stored: unknown, read: object): unknown {
  return typeof stored === 'object' && stored !== null && isSame(model, stored, read) ? stored : read
}

function errorsIn(services: Services, model: ModelMeta, group: Group, ability: Ability, above = ''): ReadonlyMap<string, string> {
  const { text, context } = services
  const errors = new Map<string, string>()
  for (const [at, node] of group.of.entries()) {
    const place = above === '' ? String(at) : `${above}.${at}`
    if (node.is === 'group') {
      for (const [inner, said] of errorsIn(services, modelIn(model, node), node, ability, place)) errors.set(inner, said)
      if (node.some && !readableField(ability, model, node.some.path)) errors.set(`${place}.0`, text('web.builder_no_field'))
    } else if (node.is === 'raw') {
      if (!jsonIn(node.json)) errors.set(place, text('web.builder_not_json'))
    } else {
      const isOpen = node.path === '' || node.path === 'id' || readableField(ability, model, node.path) !== undefined
      const wrong = isOpen ? whereOfRow(model, node, context.zone).wrong : 'web.builder_no_field'
      if (wrong) errors.set(place, text(wrong))
    }
  }
  return errors
}

interface Drawing {
  readonly services: Services
  readonly model: ModelMeta
  readonly about: BuilderAbout
  readonly errors: ReadonlyMap<string, string>
  readonly offered: readonly OfferedFields[]
}

function offeredFor({ text, context }: Services, ability: Ability, model: ModelMeta): readonly OfferedFields[] {
  return offeredFields(ability, model, text, context.locale)
}

/** Rows about related records name their fields. */
function withinGroup(drawing: Drawing, group: Group): Drawing {
  if (!group.some) return drawing
  const { services, about } = drawing
  const model = modelIn(drawing.model, group)
  return { ...drawing, model, offered: offeredFor(services, about.ability ?? services.context.caller.ability, model) }
}

function headOf(model: ModelMeta, { name, label, placeholders }: BuilderAbout) {
  return { root: name, heading: label, path: model.path, placeholders: placeholders === true }
}

async function shownGroup(drawing: Drawing, { join, of }: Group, place: string, level: number): Promise<object> {
  const { name } = drawing.about
  const rows = await Promise.all(
    of.map((node, at) => shownNode(drawing, node, place === '' ? String(at) : `${place}.${at}`, level, at, join)),
  )
  return {
    name: place === '' ? name : `${name}.${place}`,
    root: name,
    place,
    join,
    rows,
    level,
    mayNest: level < deepest,
    isNested: level > 1,
  }
}

async function shownNode(drawing: Drawing, node: BuilderNode, place: string, level: number, at: number, join: Group['join']) {
  const { name: root } = drawing.about
  const error = drawing.errors.get(place)
  const parent = [root, ...place.split('.').slice(0, -1)].join('.')
  const head = {
    name: `${root}.${place}`,
    parent,
    root,
    place,
    isFirst: at === 0,
    join,
    number: at + 1,
    ...(error !== undefined && { error }),
  }
  if (node.is === 'group') {
    const { some } = node
    const group = await shownGroup(withinGroup(drawing, node), node, place, level + 1)
    if (!some) return { ...head, group }
    const of = pathWords(drawing.model, some.path, drawing.services.text)
    const heading = drawing.services.text(some.none ? 'web.builder_none_where' : 'web.builder_some_where', { of })
    return { ...head, group: { ...group, related: `${some.none ? '!' : ''}${some.path}`, heading } }
  }
  return node.is === 'raw'
    ? { ...head, raw: await shownRaw(drawing, node) }
    : { ...head, row: await shownRow(drawing, node, { name: head.name, error, level }) }
}

async function shownRaw({ services, model }: Drawing, { json }: Raw): Promise<object> {
  const where = jsonIn(json)
  return { json, words: where && (await wordsOf(services, model, where)) }
}

/** Undefined for what names fields or operators that are not there. */
async function wordsOf(services: Services, model: ModelMeta, where: object): Promise<string | undefined> {
  try {
    return await conditionInWords(services, model, where)
  } catch (error) {
    if (error instanceof TypeError || error instanceof BadRequest) return undefined
    throw error
  }
}

async function shownRow(
  { services, model, about, offered }: Drawing,
  row: Row,
  { name, error, level }: { readonly name: string; readonly error: string | undefined; readonly level: number },
): Promise<object> {
  const { text } = services
  const isKnown = offered.some(({ fields }) => fields.some(({ path }) => path === row.path))
  const groups = offered.map(({ label, fields }) => ({
    label,
    fields: fields.map((each) => ({ ...each, chosen: each.path === row.path })),
  }))
  const kind = kindOf(model, row.path)
  const known = operatorsOf(model, row.path).filter((operator) => level < deepest || !isAboutRelated(operator))
  const operators = known.map((operator) => ({
    operator,
    label: operatorLabel(text, operator, kind),
    chosen: operator === row.operator,
  }))
  const words = row.path === '' ? '' : pathWords(model, row.path, text)
  const isNone = kind === undefined || takenBy(row.operator) === 'none'
  return {
    path: row.path,
    words,
    groups:
      isKnown || row.path === '' ? groups : [{ label: undefined, fields: [{ path: row.path, label: words, chosen: true }] }, ...groups],
    operators,
    value: isNone
      ? undefined
      : await valueField(readerOf(services), model, row, `${name}.value`, words, {
          placeholders: about.placeholders === true,
          error,
          root: about.name,
        }),
  }
}

function operatorLabel(text: Services['text'], operator: string, kind: string | undefined): string {
  const isTime = (kind === 'day' || kind === 'instant') && ['more', 'least', 'less', 'most'].includes(operator)
  return text(`web.builder_op_${operator}${isTime ? '_time' : ''}`)
}
