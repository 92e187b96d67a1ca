import Handlebars from 'handlebars'
import { preloadedScripts } from './assets.ts'
import { avatarHtml, cellHtml } from './cells.ts'
import { escapeHtml, safeHref } from './html.ts'
import { drawnIconHtml, glyphHtml, iconHtml } from './icons.ts'
import type {
  Cell,
  Chip,
  ErrorStatus,
  Fact,
  KanbanColumn,
  NavItem,
  Pager,
  Shell,
  StatusGlyph,
  Tab,
  Table,
  Toast,
  ViewLink,
} from './screens.ts'
import { factHtml, type Layout, layoutOf, rowsHtml } from './table.ts'

/** A text of the reader's catalogue by its code, with ICU placeholders filled in. */
export type Translate = (code: string, values?: Readonly<Record<string, unknown>>) => string

/** What the helpers need besides the model; Handlebars hands it on as `options.data`. */
export interface Frame {
  readonly t: Translate
  readonly asset: (name: string) => string
  readonly words: string
  readonly screen: string
  /** Addresses of the scripts that only this page runs. */
  readonly scripts: readonly string[]
  /** Developer mode alone: takes the address of each template that was used, and says what stands below the page. */
  readonly used?: Set<string>
  readonly told?: () => object
}

interface Options {
  readonly hash: Readonly<Record<string, unknown>>
  readonly data: Frame
}

const viewIcons: Readonly<Record<ViewLink['kind'], string>> = {
  list: 'list',
  kanban: 'layout-kanban',
  calendar: 'calendar',
  pivot: 'table',
  graph: 'chart-bar',
}
const chipIcons: Readonly<Record<Chip['kind'], string>> = { filter: 'filter', date: 'calendar', group: 'stack-2', text: 'search' }

const safe = (html: string) => new Handlebars.SafeString(html)
const isEmpty = (value: unknown) => !value || (Array.isArray(value) && value.length === 0)
/** Handlebars passes its options as the last argument, also to helpers that take any number. */
const given = (values: readonly unknown[]) => values.slice(0, -1)

/** `{{total count}}` or `{{total count capped}}`. */
const total = (count: number, capped: boolean | undefined | Options, options?: Options) =>
  (options ?? (capped as Options)).data.t(options && capped ? 'web.total_capped' : 'web.total', { count })

const preloads = preloadedScripts()

/** What templates may say, those of web and those of other modules. */
export const helpers = {
  // Words and addresses
  t: (code: string, { data, hash }: Options) => data.t(code, hash),
  asset: (name: string, { data }: Options) => data.asset(name),
  link: (href: string | undefined) => safe(escapeHtml(safeHref(href) ?? '#')),
  newline: () => safe('\n'),
  total,
  range: (pager: Pager, options: Options) =>
    options.data.t('web.range', { from: pager.from, to: pager.to, total: total(pager.total, pager.capped, options) }),
  errorText: (status: ErrorStatus, part: 'title' | 'text') => `web.error_${status}_${part}`,
  viewText: (kind: ViewLink['kind']) => `web.view_${kind}`,

  // Pieces built in TypeScript, because they are many or need arithmetic
  cell: (cell: Cell, { hash }: Options) => safe(cellHtml(cell, hash.narrow === true)),
  fact: (fact: Fact) => safe(factHtml(fact)),
  rows: (table: Table, layout: Layout, choose: unknown, menu: unknown, { data }: Options) =>
    safe(rowsHtml(table, layout, choose === true, Boolean(menu), (name) => data.t('web.select_row', { name }))),
  layout: (table: Table) => layoutOf(table),
  icon: (name: string, look: string | Options) => safe(iconHtml(name, typeof look === 'string' ? look : '')),
  drawn: (name: string, look: string | Options) => safe(drawnIconHtml(name, typeof look === 'string' ? look : '')),
  glyph: (name: StatusGlyph) => safe(glyphHtml(name)),
  avatar: (who: { initials: string; avatar?: string; tone?: string }, size: string | Options) =>
    safe(avatarHtml({ initials: who.initials, avatar: who.avatar ?? who.tone }, typeof size === 'string' ? size : '')),
  share: (parts: NonNullable<KanbanColumn['progress']>) => safe(shareHtml(parts)),

  // Choices
  chipIcon: (kind: Chip['kind']) => chipIcons[kind],
  viewIcon: (kind: ViewLink['kind']) => viewIcons[kind],
  toastIcon: (tone: Toast['tone']) => (tone === 'error' ? 'alert-circle' : tone === 'success' ? 'check' : 'info-circle'),
  bottomBar: ({ bottomBar, palette, sections }: Shell): readonly NavItem[] =>
    (bottomBar ?? sections.flatMap(({ items }) => items)).slice(0, palette === undefined ? 4 : 3),
  currentTab: (tabs: readonly Tab[]) => (tabs.find(({ hasErrors }) => hasErrors) ?? tabs.find(({ current }) => current) ?? tabs[0])?.name,

  // The page itself
  screen: ({ data }: Options) => data.screen,
  clientWords: ({ data }: Options) => data.words,
  preloads: () => preloads,
  ownScripts: ({ data }: Options) => data.scripts,
  // What one screen alone needs, before it is shown; a page that becomes it by a swap asks for it by its script.
  ownStyles: ({ data }: Options) => (data.screen === 'calendar' ? ['calendar.css'] : []),
  /** Asked last, when all else is there: nothing unless developer mode is on. */
  told: ({ data }: Options) => data.told?.(),
  /** What a module has rendered already. */
  rendered: (html: string) => safe(html),

  // Logic
  is: (left: unknown, right: unknown) => left === right,
  beyond: (left: unknown, right: number) => typeof left === 'number' && left > right,
  or: (...values: unknown[]) => given(values).find((value) => !isEmpty(value)),
  and: (...values: unknown[]) => given(values).every((value) => !isEmpty(value)),
  not: (value: unknown) => isEmpty(value),
  'if-else': (condition: unknown, yes: unknown, no: unknown) => (isEmpty(condition) ? no : yes),
  some: (list: unknown) => Array.isArray(list) && list.length > 0,
  several: (list: unknown) => Array.isArray(list) && list.length > 1,
  first: (list: readonly unknown[]) => list[0],
  upTo: (list: readonly unknown[], count: number) => list.slice(0, count),
  from: (list: readonly unknown[], count: number) => list.slice(count),
  among: (options: readonly { value: string }[], value: string) => options.some((option) => option.value === value),
}

/** Whoever cannot see or point at it has the same in words beside it. */
function shareHtml(parts: NonNullable<KanbanColumn['progress']>): string {
  let start = 0
  const bars = parts.map(({ tone, share, words, href }) => {
    const bar = `<rect class="${tone}" x="${start.toFixed(2)}" y="0" width="${Math.max(share - 0.6, 0).toFixed(2)}" height="4"><title>${escapeHtml(words)}</title></rect>`
    start += share
    return href === undefined ? bar : `<a href="${escapeHtml(safeHref(href) ?? '#')}" tabindex="-1">${bar}</a>`
  })
  return `<svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">${bars.join('')}</svg>`
}
