/** The command palette: whatever one may do and open from here, by typing some of its letters. */
import { labelOf, type ModelMeta, type Request } from '@tessera/core'
import { statusGlyph } from '../cells.ts'
import type { Action, Cell, Palette, PaletteEntry, PaletteSection } from '../screens.ts'
import { ownPath } from './answer.ts'
import { isId } from './control.ts'
import { queryOf } from './destination.ts'
import { developerSwitch } from './developer-mode.ts'
import { actionsOf } from './form.ts'
import { formPlan } from './form-plan.ts'
import { type FoundModel, longestWords, searchEverywhere } from './found.ts'
import { highlighted, holdsAll, wordsIn } from './highlight.ts'
import { withHotkeys } from './hotkeys.ts'
import { createAction } from './list-verbs.ts'
import { allPlaces } from './places.ts'
import { prepare, type Reader } from './reader.ts'
import { recentRecords } from './recent.ts'
import { placeIn } from './record-pager.ts'
import { findRow, type Row } from './rows.ts'
import { inSentence, isOpenTo, modelLabel } from './words.ts'

/** Of each model. */
const mostFound = 4
const mostPlaces = 8

export async function paletteOf(reader: Reader, request: Request): Promise<Palette> {
  const typed = (request.query.get('q') ?? '').slice(0, longestWords)
  const isCommand = typed.trimStart().startsWith('>')
  const q = typed.replace(/^\s*>/, '').trim()
  const asked: Asked = { reader, request, q, words: wordsIn(q) }
  const here = await recordAt(reader, ownPath(request.query.get('at') ?? refererOf(request), '/'))
  const found = isCommand ? [] : await searchEverywhere(reader, q, mostFound)
  const sections = [
    ...(here ? [actionSection(asked, here)] : []),
    ...(q === '' && !isCommand ? [await recentSection(asked, here)] : []),
    ...found.map((each) => foundSection(asked, each)),
    placeSection(asked),
    createSection(asked),
    ...developerSection(asked),
  ].filter(({ entries }) => entries.length > 0)
  return {
    q: typed,
    sections,
    ...(here && { here: { label: here.row.label ?? '', ...(here.model.icon && { icon: here.model.icon }) } }),
    ...(here && typeof here.row.version === 'number' && { version: String(here.row.version) }),
    csrf: request.csrf,
    ...(q !== '' && { results: reader.formats.count(resultsOf(sections, found)) }),
  }
}

interface Asked {
  readonly reader: Reader
  readonly request: Request
  readonly q: string
  readonly words: readonly string[]
}
interface Here {
  readonly model: ModelMeta
  readonly row: Row
  readonly path: string
}

const resultsOf = (sections: readonly PaletteSection[], found: readonly FoundModel[]): number =>
  sections.reduce((sum, { name, entries }) => sum + (found.some(({ model }) => model.name === name) ? 0 : entries.length), 0) +
  found.reduce((sum, { total }) => sum + total, 0)

/** The record on whose form somebody is, or on which his cursor stands. */
async function recordAt(reader: Reader, at: string): Promise<Here | undefined> {
  const [path = '', query = ''] = at.split('?', 2)
  const [, name = '', id = ''] = /^\/([^/]+)\/([^/]+)$/.exec(path) ?? []
  const model = reader.app.models.byPath(name)
  if (!model || !isId(id) || !isOpenTo(reader, model)) return undefined
  const row = await findRow(reader.records, model, id, formPlan(reader, model).needs)
  return row && { model, row, path: query === '' ? path : `${path}?${query}` }
}

function refererOf({ headers: { referer } }: Request): string {
  return referer !== undefined && URL.canParse(referer) ? new URL(referer).pathname + new URL(referer).search : '/'
}

function actionSection({ reader, words }: Asked, { model, row, path }: Here): PaletteSection {
  const place = placeIn(queryOf(path))
  const actions = withHotkeys(actionsOf(reader, model, formPlan(reader, model), row, place))
  return {
    name: 'here',
    label: reader.t('web.palette_here', { noun: inSentence(modelLabel(model, reader.t)) }),
    entries: matching(
      actions.map(({ label, href, method, icon, asks }: Action) => ({ label, href, method, icon: icon ?? 'point', asks: asks === true })),
      words,
    ),
  }
}

async function recentSection({ reader, request, words }: Asked, here: Here | undefined): Promise<PaletteSection> {
  const recent = await recentRecords(reader, request, here?.path.split('?')[0])
  const entries = recent.map(({ label, href, model }) => ({
    label,
    href,
    icon: model.icon ?? 'file',
    detail: modelLabel(model, reader.t),
  }))
  return { name: 'recent', label: reader.t('web.palette_recent'), entries: matching(entries, words) }
}

/** The page of a search: more of each model, and nothing else. */
export async function searchOf(reader: Reader, request: Request): Promise<Palette> {
  const q = (request.query.get('q') ?? '').slice(0, longestWords).trim()
  const asked: Asked = { reader, request, q, words: wordsIn(q) }
  const found = await searchEverywhere(reader, q, mostOnPage)
  const sections = found.map((each) => foundSection(asked, each))
  return { q, sections, csrf: request.csrf, ...(q !== '' && { results: reader.formats.count(resultsOf([], found)) }) }
}

const mostOnPage = 8

function foundSection({ reader, words }: Asked, { model, label, total, capped, records, href }: FoundModel): PaletteSection {
  const entries = records.map(
    ({ label: name, href: address, detail, status }): PaletteEntry => ({
      pieces: highlighted(name, words),
      href: address,
      method: 'get',
      icon: model.icon ?? 'file',
      ...(detail !== undefined && { detail }),
      ...glyphOf(status),
    }),
  )
  const all: PaletteEntry[] =
    total > records.length
      ? [{ pieces: [{ text: reader.t('web.palette_all', { noun: inSentence(label) }) }], href, method: 'get', icon: 'list-search' }]
      : []
  return {
    name: model.name,
    label,
    count: reader.t('web.palette_found', { count: reader.formats.count(total, capped) }),
    entries: [...entries, ...all],
  }
}

const glyphOf = (cell: Cell | undefined): Pick<PaletteEntry, 'status'> =>
  cell?.as === 'status' ? { status: { glyph: statusGlyph(cell), label: cell.label } } : {}

function placeSection({ reader, words }: Asked): PaletteSection {
  const entries = allPlaces(reader).map(({ label, href, icon, section }) => ({
    label,
    href,
    icon: icon ?? 'point',
    ...(section !== undefined && { detail: section }),
  }))
  return { name: 'places', label: reader.t('web.palette_places'), entries: matching(entries, words).slice(0, mostPlaces) }
}

/** "New ticket", and when words were typed that name none, a ticket that is called so. */
function createSection({ reader, words, q }: Asked): PaletteSection {
  const creatable = prepare(reader, 'creatable', () =>
    allPlaces(reader).flatMap(({ model }) => (model && isOpenTo(reader, model) && createAction(reader, model).create ? [model] : [])),
  )
  const label = (model: ModelMeta) => reader.t('web.new_record', { noun: inSentence(labelOf(model, reader.t)) })
  const entryOf = (model: ModelMeta) => ({ label: label(model), href: `/${model.path}/new`, icon: 'plus' })
  const named = matching([...new Set(creatable)].map(entryOf), words)
  const [first] = creatable
  const title = first && titleOf(reader, first)
  const called: PaletteEntry[] =
    q !== '' && named.length === 0 && first && title !== undefined
      ? [
          {
            pieces: [{ text: reader.t('web.palette_called', { what: label(first), name: q }) }],
            href: `/${first.path}/new?${new URLSearchParams({ [title]: q })}`,
            method: 'get',
            icon: 'plus',
          },
        ]
      : []
  return { name: 'create', label: reader.t('web.palette_create'), entries: [...named, ...called].slice(0, mostPlaces) }
}

/** The switch of developer mode, for whoever may have it. */
function developerSection({ reader, words }: Asked): readonly PaletteSection[] {
  const { developer } = developerSwitch(reader.services)
  if (!developer) return []
  const label = reader.t(developer.on ? 'web.developer_off' : 'web.developer_turn_on')
  const entries = matching([{ label, href: `${developer.href}/${developer.on ? 'off' : 'on'}`, method: 'post', icon: 'code' }], words)
  return [{ name: 'developer', label: reader.t('web.developer'), entries }]
}

/** The field that a new record of the model is called by, when a form takes it. */
function titleOf(reader: Reader, model: ModelMeta): string | undefined {
  const { title } = formPlan(reader, model)
  return title?.create.possible && !title.fixed ? title.name : undefined
}

interface Offered {
  readonly label: string
  readonly href: string
  readonly icon: string
  readonly method?: 'get' | 'post'
  readonly detail?: string
  readonly asks?: boolean
}

function matching(all: readonly Offered[], words: readonly string[]): readonly PaletteEntry[] {
  return all
    .filter(({ label, detail }) => holdsAll(`${label} ${detail ?? ''}`, words))
    .map(({ label, href, icon, method = 'get', detail, asks }) => ({
      pieces: highlighted(label, words),
      href,
      method,
      icon,
      ...(detail !== undefined && { detail }),
      ...(asks === true && { asks }),
    }))
}
