import { keepKeysFor } from './held-keys.js'
import { write } from './saying.js'

const rows = () => [...document.querySelectorAll('.list tbody tr.row')]
const cursor = () => document.querySelector('.list tr.cursor')

/** Keys of the page itself; everything with `data-hotkey` brings its own. */
const listKeys = [
  { key: 'j', label: 'key_down', run: () => step(1) },
  { key: 'k', label: 'key_up', run: () => step(-1) },
  { key: 'x', label: 'key_select', run: () => cursor()?.querySelector('.pick')?.click() },
  { key: 'e', label: 'key_edit', run: () => keepKeysFor(import('./inline.js').then(({ editRow }) => editRow(cursor()))) },
  { key: 'Enter', label: 'key_open', run: () => cursor()?.querySelector('.open')?.click() },
]

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return
  const key = pressed(event)
  const typing = isTyping(event.target)
  const isLetter = !event.ctrlKey && !event.metaKey
  // A key with Control works while typing too; a bare letter must not.
  if (typing && isLetter) {
    if (event.key === 'Escape') /** @type {HTMLElement} */ (event.target).blur()
    return
  }
  if (event.altKey || (isLetter && isOff())) return
  const sequence = first === '' ? key : `${first} ${key}`
  waitFor('')
  if (sequence === '?') return run(event, showSheet)
  const offered = [...document.querySelectorAll('[data-hotkey]')].filter(isOffered)
  const own = offered.find((candidate) => candidate.dataset.hotkey === sequence)
  if (own) return run(event, () => press(own))
  if (offered.some((candidate) => candidate.dataset.hotkey.startsWith(`${sequence} `))) return run(event, () => waitFor(sequence))
  if (key === 'Enter' && event.target !== document.body && !event.target.matches?.('#main')) return
  const listed = rows().length > 0 && listKeys.find((candidate) => candidate.key === sequence)
  if (listed) run(event, listed.run)
})

/** The key that was pressed before one that goes with it: "g" of "g t". It is forgotten soon. */
let first = ''
let forgetting = 0
function waitFor(key) {
  clearTimeout(forgetting)
  first = key
  if (key) forgetting = setTimeout(waitFor, patience, '')
}
const patience = 1500

/** Whoever dictates or presses keys by mistake can do without letters. */
const isOff = () => document.documentElement.dataset.hotkeys === 'off'

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

function press(own) {
  if (own.matches('textarea')) write(own)
  else if (own.matches('input')) own.focus()
  else own.click()
}

const showSheet = () => import('./hotkey-sheet.js').then(({ show }) => show(rows().length > 0 ? listKeys : []))

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

/** A title wraps like any text, and is one line all the same: from the first key on. */
document.addEventListener('keydown', (event) => {
  const box = /** @type {HTMLTextAreaElement} */ (event.target)
  if (event.key !== 'Enter' || event.isComposing || !box.matches?.('[data-line]')) return
  event.preventDefault()
  box.form.requestSubmit()
})
