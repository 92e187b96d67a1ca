import { csrf, element, icon, say } from './words.js'

/**
 * The sheet is made from the keys that the page has right now.
 * @param {{ key: string, label: string }[]} listKeys those of the list, where there is one
 */
export function show(listKeys) {
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
  for (const { key, label } of listKeys) add(key, say(label))
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
  box.checked = document.documentElement.dataset.hotkeys !== 'off'
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
