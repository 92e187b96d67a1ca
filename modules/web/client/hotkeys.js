import { write } from './composer.js'
import { csrf, element, icon, say } from './words.js'

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
  if (own) return run(event, () => (own.matches('textarea') ? write(own) : own.matches('input') ? own.focus() : own.click()))
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
  const seen = new Set()
  const here = element('dl')
  const places = element('dl')
  const add = (key, label) => {
    if (!label || seen.has(key)) return
    seen.add(key)
    const list = key.includes(' ') ? places : here
    list.append(element('dt', {}, label), element('dd', {}, ...key.split(/[+ ]/).map((part) => element('kbd', {}, nameOf(part)))))
  }
  for (const owner of document.querySelectorAll('[data-hotkey]')) {
    if (!owner.closest('[hidden]')) add(owner.dataset.hotkey, owner.dataset.hotkeyLabel ?? wordsOf(owner))
  }
  if (rows().length) for (const { key, label } of listKeys) add(key, say(label))
  add('?', say('key_help'))
  const close = element('button', { type: 'button', class: 'button quiet small bare push', 'aria-label': say('close') }, icon('x', 'small'))
  const sheet = /** @type {HTMLDialogElement} */ (
    element(
      'dialog',
      { class: 'dialog hotkeys', 'aria-label': say('hotkeys') },
      element('header', {}, element('h2', {}, say('hotkeys')), close),
      // Where it is longer than the window it is read by scrolling, also without a mouse.
      element(
        'div',
        { class: 'hotkeys-body', tabindex: '0' },
        here,
        ...(places.children.length > 0 ? [element('h3', {}, say('key_go')), places] : []),
      ),
      letterSwitch(),
    )
  )
  close.addEventListener('click', () => sheet.close())
  sheet.addEventListener('click', (event) => event.target === sheet && sheet.close())
  sheet.addEventListener('close', () => sheet.remove())
  document.body.append(sheet)
  sheet.showModal()
}

/** Letters can be switched off, here and in one's account. */
function letterSwitch() {
  const box = /** @type {HTMLInputElement} */ (element('input', { type: 'checkbox' }))
  box.checked = !isOff()
  box.addEventListener('change', () => {
    document.documentElement.dataset.hotkeys = box.checked ? 'on' : 'off'
    const body = new URLSearchParams({ letters: box.checked ? 'on' : 'off' })
    fetch('/preferences', { method: 'POST', body, headers: { 'x-csrf-token': csrf(), accept: 'application/json' } })
  })
  return element('label', { class: 'hotkeys-switch' }, box, say('key_letters'))
}

const nameOf = (key) => (key === 'Control' ? 'Ctrl' : key.length === 1 ? key.toUpperCase() : key)

/** What stands on a button, without the key that stands there too. */
function wordsOf(owner) {
  const text = (owner.getAttribute('aria-label') ?? owner.textContent ?? '').replace(/\s+/g, ' ').trim()
  return text.endsWith(owner.dataset.hotkey) && owner.querySelector('kbd') ? text.slice(0, -owner.dataset.hotkey.length).trim() : text
}
