import { type ModelMeta, NotFound, type Request, type Action as Verb } from '@tessera/core'
import type { Action, Cell, Conflict, Conversation, ErrorSummary, FieldGroup, FormScreen, Tab, TextField } from '../screens.ts'
import { controlOf, isId, type Typed } from './control.ts'
import { conversationOf } from './conversation.ts'
import { destinationHref, withQuery } from './destination.ts'
import { type CopiedLines, copiedLines, copiedValues } from './duplicate.ts'
import { filesOf } from './files.ts'
import { firstValues } from './first-values.ts'
import { type FormPlan, formPlan, type PlannedField, type PlannedGroup, type PlannedTab } from './form-plan.ts'
import { historyOf } from './history.ts'
import { withHotkeys } from './hotkeys.ts'
import { newLines, relatedOrLines } from './lines-tab.ts'
import type { Reader } from './reader.ts'
import { archivedMark, recordMenu } from './record-menu.ts'
import { type Place, placeIn, recordPager, withPlace } from './record-pager.ts'
import { smartLinks } from './related.ts'
import { findRow, type Row, relatedIn } from './rows.ts'
import { shellOf } from './shell.ts'
import { stagesOf } from './stages.ts'
import { inSentence, modelLabel, modelPlural } from './words.ts'

/** What became of a form that was sent and not saved. */
export interface Unsaved {
  readonly typed: Typed
  /** Sentences by field. */
  readonly wrong: ReadonlyMap<string, string>
  readonly summary?: ErrorSummary
  readonly conflict?: Conflict
}
const untouched: Unsaved = { typed: new Map(), wrong: new Map() }

/** The record that an address names; NotFound where there is none, or none that the reader may see. */
export async function demandRow(reader: Reader, model: ModelMeta, id: string): Promise<Row> {
  const row = isId(id) ? await findRow(reader.records, model, id, formPlan(reader, model).needs) : undefined
  if (row) return row
  throw new NotFound('record.not_found', 'There is no {model} "{id}", or you may not see it.', {
    model: inSentence(modelLabel(model, reader.t)),
    id,
  })
}

export async function recordScreen(reader: Reader, request: Request, model: ModelMeta, row: Row, unsaved = untouched): Promise<FormScreen> {
  const { t } = reader
  const plan = formPlan(reader, model)
  const place = placeIn(request.query)
  const href = `/${model.path}/${row.id}`
  const here = withPlace(href, place)
  const canWrite = plan.update.possible && plan.update.holds(row, reader.asking)
  const older = request.query.get('history') === 'all' ? undefined : withQuery(href, [...placeEntries(place), ['history', 'all']])
  const screen: About = { model, row, isNew: false, typed: unsaved.typed, errors: unsaved.wrong }
  const relatedNow = ({ related }: PlannedTab) => related.filter(({ hidden }) => hidden !== true && !hidden?.holds(row, reader.asking))
  const [body, stages, links, related, history, conversation, pager, files] = await Promise.all([
    fieldsOf(reader, plan, screen, canWrite),
    stagesOf(reader, model, row, withPlace(`${href}/move`, place)),
    smartLinks(reader, model, row),
    Promise.all(
      plan.tabs.map((tab) => Promise.all(relatedNow(tab).map((each) => relatedOrLines(reader, model, row, each, unsaved, canWrite)))),
    ),
    plan.conversation ? undefined : historyOf(reader, model, row.id, older),
    plan.conversation && conversationOf(reader, model, plan.conversation, row, place, older, request.csrf),
    recordPager(reader, model, row.id, place),
    filesOf(reader, model, row, place, canWrite),
  ])
  const canSave = body.writable > 0
  return {
    shell: await shellOf(reader, request, model.path),
    breadcrumbs: [{ label: modelPlural(model, t), href: place.list ? `/${model.path}?${place.list}` : `/${model.path}` }],
    ...headOf(reader, plan, row, body.title),
    ...archivedMark(reader, row),
    isNew: false,
    ...(canSave && { save: here }),
    discard: here,
    ...(typeof row.version === 'number' && { version: String(row.version) }),
    meta: metaOf(reader, plan, row),
    ...(pager && { pager }),
    ...withKeys(actionsOf(reader, model, plan, row, place), conversation),
    menu: recordMenu(reader, model, plan, row, place),
    stages,
    links,
    groups: body.groups,
    tabs: plan.tabs.flatMap((tab, at): Tab[] => {
      const groups = body.tabs[at] ?? []
      const shown: Tab[] = groups.length > 0 ? [{ is: 'fields', name: tab.name, label: tab.label, groups, ...errorMark(groups) }] : []
      const tables = related[at] ?? []
      // A tab of one related list is that list.
      return [
        ...shown,
        ...tables.map((table) => (shown.length === 0 && tables.length === 1 ? { ...table, name: tab.name, label: tab.label } : table)),
      ]
    }),
    ...(files && { files }),
    ...(history && { history }),
    ...(unsaved.summary && { errors: unsaved.summary }),
    ...(unsaved.conflict && { conflict: unsaved.conflict }),
  }
}

/** What is said has the first choice of keys. */
function withKeys(actions: readonly Action[], conversation: Conversation | undefined): Pick<FormScreen, 'actions' | 'conversation'> {
  const say = conversation?.say ?? []
  const keys = withHotkeys([...say, ...actions].map(({ label, hotkey }) => ({ label, ...(hotkey !== undefined && { hotkey }) }))).map(
    ({ hotkey }) => (hotkey === undefined ? {} : { hotkey }),
  )
  return {
    actions: actions.map((each, at) => ({ ...each, ...keys[say.length + at] })),
    ...(conversation && { conversation: { ...conversation, say: say.map((each, at) => ({ ...each, ...keys[at] })) } }),
  }
}

export async function newScreen(reader: Reader, request: Request, model: ModelMeta, unsaved = untouched): Promise<FormScreen> {
  const { t } = reader
  const plan = formPlan(reader, model)
  const typed = new Map([...typedIn(request.query, plan), ...unsaved.typed])
  const copy = request.query.get('copy')
  const source = copy === null ? undefined : await demandRow(reader, model, copy)
  const row = { ...(await firstValues(reader, model, plan, typed)), ...(source && copiedValues(model, plan, source, typed)) }
  // What was sent has the lines in it.
  const copied = source && unsaved.typed.size === 0 ? await copiedLines(reader, model, plan, source) : (new Map() as CopiedLines)
  const [body, lines] = await Promise.all([
    fieldsOf(reader, plan, { model, row, isNew: true, typed, errors: unsaved.wrong }, true),
    Promise.all(plan.tabs.map(({ related }) => newLines(reader, model, row, related, unsaved, copied))),
  ])
  const title = t('web.new_record', { noun: inSentence(modelLabel(model, t)) })
  return {
    shell: await shellOf(reader, request, model.path),
    title,
    breadcrumbs: [{ label: modelPlural(model, t), href: `/${model.path}` }],
    isNew: true,
    save: request.query.size > 0 ? `/${model.path}/new?${request.query}` : `/${model.path}/new`,
    discard: source ? `/${model.path}/${source.id}` : `/${model.path}`,
    meta: source ? copiedFrom(reader, source, copied) : [],
    ...(body.title && { titleField: body.title }),
    actions: [],
    menu: [],
    links: [],
    groups: body.groups,
    tabs: plan.tabs.flatMap((tab, at): Tab[] => {
      const groups = body.tabs[at] ?? []
      const shown: Tab[] = groups.length > 0 ? [{ is: 'fields', name: tab.name, label: tab.label, groups, ...errorMark(groups) }] : []
      return [...shown, ...(lines[at] ?? [])]
    }),
    ...(unsaved.summary && { errors: unsaved.summary }),
  }
}

/** Where it comes from, and that not all of it came along. */
function copiedFrom({ t, formats }: Reader, source: Row, copied: CopiedLines): readonly Cell[] {
  const short = [...copied.values()].filter(({ rows, total }) => total > rows.length)
  const said = short.map(({ rows, total }) => t('web.copied_lines', { count: formats.count(rows.length), total: formats.count(total) }))
  return [t('web.copied_from', { name: source.label ?? '' }), ...said].map((text) => ({ as: 'text', text }))
}

interface About {
  readonly model: ModelMeta
  readonly row: Row
  readonly isNew: boolean
  readonly typed: Typed
  readonly errors: ReadonlyMap<string, string>
}

interface Body {
  readonly title: TextField | undefined
  readonly groups: readonly FieldGroup[]
  readonly tabs: readonly (readonly FieldGroup[])[]
  readonly writable: number
}

async function fieldsOf(reader: Reader, plan: FormPlan, screen: About, canWrite: boolean): Promise<Body> {
  let writable = 0
  const control = async (planned: PlannedField) => {
    const made = await controlOf(reader, planned, screen, canWrite)
    if (made && made.kind !== 'readonly') writable++
    return made
  }
  const group = async ({ name, label, fields }: PlannedGroup): Promise<FieldGroup> => {
    const made = await Promise.all(fields.map(control))
    return { name, ...(label !== undefined && { label }), fields: made.filter((field) => field !== undefined) }
  }
  const groupsOf = async (groups: readonly PlannedGroup[]) =>
    (await Promise.all(groups.map(group))).filter(({ fields }) => fields.length > 0)
  const [title, groups, tabs] = await Promise.all([
    plan.title ? control(plan.title) : undefined,
    groupsOf(plan.groups),
    Promise.all(plan.tabs.map((tab) => groupsOf(tab.groups))),
  ])
  return { title: title?.kind === 'text' ? title : undefined, groups, tabs, writable }
}

const errorMark = (groups: readonly FieldGroup[]) =>
  groups.some(({ fields }) => fields.some(({ error }) => error !== undefined)) ? { hasErrors: true } : {}

/** What the record is called: the title as a field, and beside it the number by which people name it. */
function headOf(
  { t }: Reader,
  plan: FormPlan,
  row: Row,
  titleField: TextField | undefined,
): { title: string; code?: string; titleField?: TextField } {
  const own = plan.title && row[plan.title.name]
  const title = typeof own === 'string' && own !== '' ? own : row.label || t('web.untitled')
  const other = row.label?.replace(title, '').trim()
  return { title, ...(other && other !== row.label && { code: other }), ...(titleField && { titleField }) }
}

/** Level, when it was filed and by whom: what one wants to know before anything else. */
function metaOf(reader: Reader, plan: FormPlan, row: Row): readonly Cell[] {
  const { formats, now, t } = reader
  const levels = [...plan.fields.values()].filter(({ shown }) => shown.as === 'level').map(({ cell }) => cell.make(row, reader))
  const stamp = (at: unknown, by: unknown, code: string): Cell[] => {
    if (!(at instanceof Date)) return []
    const who = relatedIn(by)?.label
    const shown = formats.at(at, now)
    return [
      {
        as: 'date',
        iso: at.toISOString(),
        shown: who ? t(`${code}_by`, { at: shown, who }) : t(code, { at: shown }),
        title: formats.exact(at),
      },
    ]
  }
  const isChanged = row.updatedAt instanceof Date && row.createdAt instanceof Date && row.updatedAt.getTime() !== row.createdAt.getTime()
  return [
    ...levels.filter(({ as }) => as === 'level'),
    ...stamp(row.createdAt, row.createdBy, 'web.created_at'),
    ...(isChanged ? stamp(row.updatedAt, row.updatedBy, 'web.changed_at') : []),
  ]
}

/** The verbs that make sense for this record and this reader. */
export function actionsOf(reader: Reader, model: ModelMeta, plan: FormPlan, row: Row, place: Place): readonly Action[] {
  const { asking } = reader
  return plan.actions.flatMap(({ action, label, permit, when }): Action[] => {
    if (!permit.holds(row, asking) || when?.holds(row, asking) === false) return []
    const head = { label, ...(action.icon && { icon: action.icon }), ...(action.hotkey && { hotkey: action.hotkey }) }
    if (!action.opens) {
      const href = withPlace(`/${model.path}/${row.id}/actions/${action.name}`, place)
      return [{ ...head, href, method: action.input ? 'get' : 'post', ...(action.input && { asks: true }) }]
    }
    const destination = destinationOf(reader, action.opens, row)
    return destination ? [{ ...head, href: destination, method: 'get' }] : []
  })
}

/** Where an action leads from this record; undefined where the reader may not go. */
function destinationOf({ ability, app, now }: Reader, opens: NonNullable<Verb['opens']>, row: Row): string | undefined {
  const destination = opens.code(row as never, { now, isNew: false })
  if (typeof destination === 'string') return destination
  const target = app.models.of(destination.model)
  return ability.possible(destination.create ? 'create' : 'read', target) ? destinationHref(app, destination) : undefined
}

const placeEntries = ({ list, at }: Place): (readonly [string, string])[] => [
  ...(list ? [['in', list] as const] : []),
  ...(at === undefined ? [] : [['at', String(at)] as const]),
]

/** Values that the address of an empty form names. */
function typedIn(query: URLSearchParams, plan: FormPlan): Typed {
  const names = [...new Set(query.keys())].filter((name) => plan.fields.has(name))
  return new Map(names.map((name) => [name, query.getAll(name)]))
}
