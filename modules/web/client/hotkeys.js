import { write } from './composer.js'
import { element, icon, say } from './words.js'

const rows = () => [...document.querySelectorAll('.list tbody tr.row')]
const cursor = () => document.querySelector('.list tr.cursor')

/** Keys of the page itself; everything with `data-hotkey` brings its own. */
const listKeys = [
  { key: 'j', label: 'key_down', run: () => step(1) },
  { key: 'k', label: 'key_up', run: () => step(-1) },
  { key: 'x', label: 'key_select', run: () => cursor()?.querySelector('.pick')?.click() },
  { key: 'e', label: 'key_edit', run: () => import('./inline.js').then(({ editRow }) => editRow(cursor())) },
  { key: 'Enter', label: 'key_open', run: () => cursor()?.querySelector('.open')?.click() },
]

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return
  const key = pressed(event)
  const typing = isTyping(event.target)
  // A key with Control works while typing too; a bare letter must not.
  if (typing && !event.ctrlKey && !event.metaKey) {
    if (event.key === 'Escape') /** @type {HTMLElement} */ (event.target).blur()
    return
  }
  if (event.altKey) return
  if (key === '?') return run(event, showSheet)
  const own = [...document.querySelectorAll('[data-hotkey]')].find((candidate) => candidate.dataset.hotkey === key && isOffered(candidate))
  if (own) return run(event, () => (own.matches('textarea') ? write(own) : own.matches('input') ? own.focus() : own.click()))
  if (key === 'Enter' && event.target !== document.body && !event.target.matches?.('#main')) return
  const listed = rows().length > 0 && listKeys.find((candidate) => candidate.key === key)
  if (listed) run(event, listed.run)
})

document.addEventListener('click', (event) => {
  if (/** @type {Element} */ (event.target).closest('[data-show-hotkeys]')) showSheet()
})

function pressed(event) {
  const control = event.ctrlKey || event.metaKey ? 'Control+' : ''
  return control + (event.key.length === 1 && !event.shiftKey ? event.key.toLowerCase() : event.key)
}

function isTyping(target) {
  return target instanceof Element && target.matches('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]')
}

/** Also found inside a closed menu, but not where a whole bar is hidden, and for a selection only when there is one. */
function isOffered(candidate) {
  if (candidate.dataset.hotkeyScope === 'selection') return document.querySelector('.pick:checked, .all-selected') !== null
  return !candidate.closest('[hidden]')
}

function run(event, action) {
  event.preventDefault()
  action()
}

function step(by) {
  const all = rows()
  const from = all.indexOf(cursor())
  const to = Math.min(Math.max(from + by, 0), all.length - 1)
  all[from]?.classList.remove('cursor')
  all[to].classList.add('cursor')
  all[to].scrollIntoView({ block: 'nearest' })
  // The focus goes along, so that a screen reader says the row and Enter opens it.
  all[to].querySelector('.open')?.focus({ preventScroll: true })
}

/** The sheet is made from the keys that the page has right now. */
function showSheet() {
  const list = element('dl')
  const seen = new Set()
  const add = (key, label) => {
    if (!label || seen.has(key)) return
    seen.add(key)
    list.append(
      element('dt', {}, label),
      element(
        'dd',
        {},
        ...key.split('+').map((part) => element('kbd', {}, part === 'Control' ? 'Ctrl' : part.length === 1 ? part.toUpperCase() : part)),
      ),
    )
  }
  for (const owner of document.querySelectorAll('[data-hotkey]')) {
    add(
      owner.dataset.hotkey,
      owner.dataset.hotkeyLabel ??
        owner.firstChild?.parentElement?.textContent
          ?.replace(/\s+/g, ' ')
          .trim()
          .replace(new RegExp(` ?${owner.dataset.hotkey}$`), ''),
    )
  }
  if (rows().length) for (const { key, label } of listKeys) add(key, say(label))
  add('?', say('key_help'))
  const close = element('button', { type: 'button', class: 'button quiet small bare push', 'aria-label': say('close') }, icon('x', 'small'))
  const sheet = /** @type {HTMLDialogElement} */ (
    element(
      'dialog',
      { class: 'dialog', 'aria-label': say('hotkeys') },
      element('header', {}, element('h2', {}, say('hotkeys')), close),
      list,
    )
  )
  close.addEventListener('click', () => sheet.close())
  sheet.addEventListener('click', (event) => event.target === sheet && sheet.close())
  sheet.addEventListener('close', () => sheet.remove())
  document.body.append(sheet)
  sheet.showModal()
}
