import { csrf } from './words.js'

/** Menus are native `<details>`; this closes them as people expect, and keeps one open at a time. */
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.removeAttribute('open')
  }
})

/** Folded parts of the sidebar stay folded: the server is told, so that the next page comes right. */
document.addEventListener('click', (event) => {
  const section = /** @type {Element} */ (event.target).closest('[data-section] > summary')?.parentElement
  if (!section) return
  // The press has not yet folded or opened it.
  const isFolded = (each) => (each === section) === each.open
  const folded = [...document.querySelectorAll('[data-section]')].filter(isFolded).map(({ dataset }) => dataset.section)
  const body = new URLSearchParams({ folded: folded.join('\n') })
  fetch('/preferences', { method: 'POST', body, headers: { 'x-csrf-token': csrf(), accept: 'application/json' } })
})

document.addEventListener('keydown', (event) => {
  const menu = document.activeElement?.closest('details.menu[open]')
  if (!menu) return
  if (event.key === 'Escape') {
    menu.removeAttribute('open')
    menu.querySelector('summary')?.focus()
    event.stopPropagation()
  }
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const items = [...menu.querySelectorAll('.popup :is(a, button, input:not([type="hidden"]))')]
    const next = items.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)
    items[(next + items.length) % items.length]?.focus()
    event.preventDefault()
  }
})

/** Theme, row height and shortcuts change at once; the server is only told, so that the next page comes right. */
document.addEventListener('submit', (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target)
  const button = event.submitter
  if (!form.matches('[data-preferences]') || !(button instanceof HTMLButtonElement) || button.name === 'locale') return
  event.preventDefault()
  document.documentElement.dataset[button.name === 'letters' ? 'hotkeys' : button.name] = button.value
  for (const other of form.querySelectorAll(`[name="${button.name}"]`)) other.setAttribute('aria-pressed', String(other === button))
  const body = new URLSearchParams([...new FormData(form, button)].map(([name, value]) => [name, String(value)]))
  fetch(form.action, { method: 'POST', body, headers: { 'x-csrf-token': csrf(), accept: 'application/json' } })
})

/** Shows a password while it is typed. */
document.addEventListener('click', (event) => {
  const button = /** @type {Element} */ (event.target).closest('[data-reveal]')
  const input = button && document.getElementById(button.getAttribute('data-reveal'))
  if (!(input instanceof HTMLInputElement)) return
  const shown = input.type === 'password'
  input.type = shown ? 'text' : 'password'
  button.setAttribute('aria-pressed', String(shown))
})
