/** What a page tells of itself in developer mode; nothing here runs for anybody else. */
import { pathToFileURL } from 'node:url'
import {
  type Deed,
  type FieldMeta,
  fieldAt,
  type ModelMeta,
  type PartOrigin,
  type Request,
  type Services,
  type Watched,
  type WatchedStatement,
  withIds,
} from '@tessera/core'
import type { Frame } from '../helpers.ts'
import type { Developing } from '../render.ts'
import { destinationHref } from './destination.ts'
import { readState, whereOf } from './list-state.ts'
import { moduleAt } from './module-files.ts'
import { allPlaces } from './places.ts'
import { readerOf } from './reader.ts'

/** Templates that a page was made of, and how long that took, in milliseconds. */
interface Rendered {
  readonly used: Set<string>
  ms: number
}
const rendered = new WeakMap<Watched, Rendered>()

function renderedIn(watched: Watched): Rendered {
  const known = rendered.get(watched) ?? { used: new Set(), ms: 0 }
  rendered.set(watched, known)
  return known
}

/** Renders a part of a page; where somebody looks how it is made, its templates and its time are kept. */
export function rendering(services: Services, render: (used: Pick<Frame, 'used'>) => string): string {
  const watched = services.watched()
  if (!watched) return render({})
  const [its, started] = [renderedIn(watched), performance.now()]
  const html = render({ used: its.used })
  its.ms += performance.now() - started
  return html
}

/** For the renderer of a page; undefined unless developer mode is on. */
export function developingOf(services: Services, request: Request, screen: string): Developing | undefined {
  const watched = services.watched()
  if (!watched) return undefined
  const started = performance.now()
  const { used, ms } = renderedIn(watched)
  return { used, told: () => toldOf(services, request, screen, watched, used, ms + performance.now() - started) }
}

function toldOf(services: Services, request: Request, screen: string, watched: Watched, used: ReadonlySet<string>, rendering: number) {
  const { app, text: t } = services
  const reader = readerOf(services)
  const model = app.models.byPath(request.params.model ?? '')
  const ms = (value: number) => reader.formats.count(Math.round(value * 10) / 10)
  const { statements } = watched
  return {
    total: ms(performance.now() - watched.began),
    queries: ms(busy(statements)),
    rendering: ms(rendering),
    count: statements.length,
    ...(model ? { ...screenOf(services, model, screen), ...filterOf(services, request, model, screen) } : pageOf(services, request)),
    places: allPlaces(reader).map(({ label, href }) => ({ label, href, module: moduleOfPlace(services, href) })),
    templates: app.templates
      .filter(({ layers: [own] }) => used.has(pathToFileURL(own.file).href))
      .map(({ owner, name, layers: [, ...others] }) => ({
        name: `${owner}/${name}`,
        note: others.map(({ module }) => t('web.developer_did_replaced', { module })).join(', '),
      })),
    statements: statements.map((each) => ({ ...each, ms: ms(each.ms), rows: each.rows })),
  }
}

/** Statements run beside each other: their times together are more than what they took. */
function busy(statements: readonly WatchedStatement[]): number {
  let [sum, until] = [0, 0]
  for (const { at, ms } of statements.toSorted((a, b) => a.at - b.at)) {
    sum += Math.max(0, at + ms - Math.max(at, until))
    until = Math.max(until, at + ms)
  }
  return sum
}

function pageOf({ app }: Services, request: Request) {
  return { view: `${request.method} ${request.path}`, module: moduleAt(app, request) ?? 'web' }
}

const kinds = ['list', 'kanban', 'calendar', 'form'] as const
/** Screens that show what a search finds. */
const searched: readonly string[] = ['list', 'kanban', 'calendar', 'pivot', 'graph']

/** The view with its parts, and of a list, board or calendar its search. */
function screenOf(services: Services, model: ModelMeta, screen: string) {
  const screens = services.app.screens(model)
  const kind = kinds.find((each) => each === screen)
  const shown = kind && screens[kind]
  if (!shown) return { model: model.name, module: model.module, view: screen }
  const parts = [...shown.origins(), ...(kind === 'form' ? [] : screens.search.origins())]
  return {
    model: model.name,
    view: `${model.name}.${kind}`,
    module: shown.module,
    parts: parts.flatMap((part) => partsOf(services, model, part)),
  }
}

function partsOf(services: Services, model: ModelMeta, { kind, name, isShown, deeds, of }: PartOrigin): readonly object[] {
  const field = kind === 'filter' || kind === 'action' || kind === 'saying' ? undefined : fieldAt(model, name.split(':')[0] ?? '')
  const made = deeds.map((each) => inWords(services, each)).join(', ')
  return [
    {
      kind,
      name: field || kind === 'action' || kind === 'saying' || kind === 'filter' ? `${model.name}.${name}` : name,
      type: field ? typeOf(field) : services.text(`web.developer_kind_${kind}`),
      module: field?.module,
      made,
      gone: !isShown,
      tells: selectorOf(kind, name),
    },
    ...of.flatMap((each) => partsOf(services, model, each)),
  ]
}

function typeOf(field: FieldMeta): string {
  return field.kind === 'scalar' ? field.type : `${field.kind === 'one' ? '→' : '⇉'} ${field.target.name}`
}

function inWords({ text: t }: Services, { module, extra, did, what }: Deed): string {
  const who = extra === undefined ? module : `${module} (${extra})`
  return t(`web.developer_did_${did}`, { module: who, what: (what ?? []).join(', ') })
}

/** Where a part stands in the page, for the script that says it under the pointer. Names have letters, digits and dots. */
function selectorOf(kind: PartOrigin['kind'], name: string): string {
  if (kind === 'field') return `[data-field="${name}"], [data-column="${name}"], th:has([id="sort-${name}"])`
  if (kind === 'action' || kind === 'saying')
    return `a[href*="/actions/${name}"], button[formaction*="/actions/${name}"], form[action*="/actions/${name}"]`
  if (kind === 'filter') return `.choice a[href*="filter=${name}"]`
  return ''
}

/** What the list is asked for, as an address or a rule writes it. */
function filterOf({ app, context }: Services, request: Request, model: ModelMeta, screen: string): { readonly filter?: string } {
  if (!searched.includes(screen)) return {}
  const screens = app.screens(model)
  const where = whereOf(readState(request.query, screens), model, screens, context.zone)
  return { filter: JSON.stringify(withIds(where ?? {})) }
}

function moduleOfPlace({ app }: Services, href: string): string {
  return app.menus.find(({ page, opens }) => (opens ? destinationHref(app, opens) : page) === href)?.module ?? ''
}
