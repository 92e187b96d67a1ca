import './dialog.js'
import { keepKeysFor } from './held-keys.js'
import './hotkeys.js'
import './menus.js'
import { keepFocus, restorePlace } from './place.js'
import { prepareSelection } from './selection.js'
import { prepareToasts, toast } from './toasts.js'
import { csrf, say } from './words.js'

/** What only some pages need, by what it serves: it comes with the first page that has it. */
const parts = {
  'form[data-guard], [data-expected], [data-line], .alert': () => import('./forms.js').then(({ prepareForms }) => prepareForms()),
  'form#record': () => import('./draft.js'),
  'form[data-saying]': () => import('./composer.js').then(({ prepareComposer }) => prepareComposer()),
  '[data-builder]': () => import('./builder.js').then(({ prepareBuilders }) => prepareBuilders()),
  'relation-field': () => import('./relation.js'),
  '.choices': () => import('./tags.js'),
  '[data-takes-files]': () => import('./files.js').then(({ prepareFiles }) => prepareFiles()),
  '[data-bell]': () => import('./bell.js'),
  '[data-live], [data-bell]': () => import('./live.js').then(({ listen }) => listen()),
  '[data-calendar]': () => import('./calendar.js').then(({ prepareCalendar }) => prepareCalendar()),
  '[data-dashboard]': () => import('./dashboard.js').then(({ prepareDashboard }) => prepareDashboard()),
  '[data-lines]': () => import('./lines.js'),
  '[data-people], [data-colleagues]': () => import('./mentions.js'),
  '[data-due]': () => import('./deadlines.js').then(({ countDeadlines }) => countDeadlines()),
  '.developer': () => import('./developer.js'),
  'table[data-sortable]': () => import('./columns.js').then(({ prepareColumns }) => prepareColumns()),
}
/** @type {Map<string, Promise<unknown>>} */
const coming = new Map()
function loadParts() {
  for (const [served, load] of Object.entries(parts)) {
    if (!document.querySelector(served)) continue
    const part = load().finally(() => coming.delete(served))
    coming.set(served, part)
  }
}

/** A line or a condition more is asked for when its part has come: pressed without it, the page comes anew and the focus is lost. */
document.addEventListener(
  'click',
  (event) => {
    const button = /** @type {Element} */ (event.target).closest?.('button[name$=".change"]')
    const part = button && [...coming].find(([served]) => button.closest(served)?.matches('[data-lines], [data-builder]'))?.[1]
    if (!part) return
    event.preventDefault()
    event.stopImmediatePropagation()
    keepKeysFor(part.then(() => button.click()))
  },
  true,
)

/** Runs for the first page and again after every swap: what the server sends is plain, this makes it lively. */
function prepare() {
  for (const hidden of document.querySelectorAll('[data-needs-script][hidden]')) hidden.removeAttribute('hidden')
  prepareSelection()
  prepareToasts()
  loadParts()
  const board = document.querySelector('[data-kanban]')
  // An attribute, not an import by name: only boards pay for dragging.
  if (board) import(board.getAttribute('data-kanban')).then(({ prepareBoard }) => prepareBoard(board))
}

/** The palette comes when it is first asked for. */
document.addEventListener('click', (event) => {
  const link = /** @type {Element} */ (event.target).closest?.('a[data-palette]')
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  keepKeysFor(import('./palette.js').then(({ openPalette }) => openPalette(link.href)))
})

/** What a search suggests comes when somebody begins to type. */
document.addEventListener('input', (event) => {
  const input = /** @type {Element} */ (event.target)
  if (input.matches?.('.search[data-suggest] > input')) import('./suggest.js').then(({ suggest }) => suggest(input))
})

document.addEventListener('htmx:config:request', (event) => {
  event.detail.ctx.request.headers['x-csrf-token'] = csrf()
})
document.addEventListener('asked', loadParts)
document.addEventListener('htmx:error', () => toast(say('failed'), 'error'))
document.addEventListener('htmx:before:swap', keepFocus)
document.addEventListener('htmx:after:swap', () => {
  prepare()
  restorePlace()
})

prepare()
// Whatever page comes after a form that was sent says what became of it.
if (sessionStorage.getItem('draft')) import('./draft.js').then(({ restoreDraft }) => restoreDraft())
// What waited for its sender to confirm that it is he goes on by itself.
document.querySelector('form[data-resume]')?.requestSubmit()
