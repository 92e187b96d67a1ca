import { toast } from './toasts.js'
import { csrf, element, say } from './words.js'

/** The palette over the page: the focus stays in its input, arrows move the choice, the server finds. */
export async function openPalette(address) {
  if (document.querySelector('dialog[open]')) return
  const dialog = /** @type {HTMLDialogElement} */ (element('dialog', { class: 'palette', 'aria-label': say('palette') }))
  const finder = finderFor(dialog, address)
  document.body.append(dialog)
  // Closing gives the focus back to where it was: a dialog that is removed at once could not.
  dialog.addEventListener('close', () => dialog.remove())
  dialog.addEventListener('keydown', (event) => pressed(event, dialog))
  dialog.addEventListener('pointerover', (event) => choose(dialog, optionAt(event.target)))
  dialog.addEventListener('click', (event) => {
    const target = /** @type {Element} */ (event.target)
    if (target === dialog || target.closest('[data-close]')) return dialog.close()
    // What asks first opens a dialog of its own, and the focus then goes back to the page.
    if (optionAt(target) && !event.ctrlKey && !event.metaKey) dialog.close()
  })
  dialog.addEventListener('input', () => finder.find(false))
  dialog.showModal()
  await finder.find(true)
}

/** Only the last question counts; while it is asked, what stood there stays. */
function finderFor(dialog, address) {
  let asking = new AbortController()
  let waiting = 0
  const ask = async (isFirst) => {
    asking.abort()
    asking = new AbortController()
    const url = new URL(address, location.href)
    url.searchParams.set('at', placeNow())
    if (!isFirst) url.searchParams.set('q', inputOf(dialog).value)
    try {
      const answer = await fetch(url, { headers: { 'hx-request': 'true', 'x-csrf-token': csrf() }, signal: asking.signal })
      // Signed out meanwhile: the page itself says so and comes back here.
      if (answer.redirected || !answer.ok) return location.reload()
      show(dialog, await answer.text(), isFirst)
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) toast(say('failed'), 'error')
    }
  }
  return {
    find(isFirst) {
      clearTimeout(waiting)
      if (isFirst) return ask(true)
      waiting = setTimeout(ask, pause, false)
      return undefined
    },
  }
}

const pause = 120

/** Actions are about the row under the cursor, else about the page. */
function placeNow() {
  return document.querySelector('.list tr.cursor .open')?.getAttribute('href') ?? location.pathname + location.search
}

const inputOf = (dialog) => /** @type {HTMLInputElement} */ (dialog.querySelector('.palette-input'))
const optionsOf = (dialog) => /** @type {HTMLElement[]} */ ([...dialog.querySelectorAll('[role="option"]')])
const optionAt = (target) => target instanceof Element && target.closest('[role="option"]')

function show(dialog, html, isFirst) {
  const answer = new DOMParser().parseFromString(html, 'text/html').body
  if (isFirst) dialog.replaceChildren(...answer.childNodes)
  else dialog.querySelector('[data-results]').replaceWith(answer.querySelector('[data-results]'))
  inputOf(dialog).setAttribute('aria-expanded', String(optionsOf(dialog).length > 0))
  if (isFirst) inputOf(dialog).focus()
  choose(dialog, optionsOf(dialog)[0])
}

function choose(dialog, option) {
  if (!option || option.getAttribute('aria-selected') === 'true') return
  for (const other of optionsOf(dialog)) other.setAttribute('aria-selected', String(other === option))
  inputOf(dialog).setAttribute('aria-activedescendant', option.id)
}

function pressed(event, dialog) {
  if (event.isComposing) return
  const options = optionsOf(dialog)
  const at = options.findIndex((option) => option.getAttribute('aria-selected') === 'true')
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }
  if (event.key in steps && options.length > 0) {
    event.preventDefault()
    const by = steps[event.key]
    const next = Math.abs(by) === 1 ? (at + by + options.length) % options.length : Math.min(Math.max(at + by, 0), options.length - 1)
    choose(dialog, options[next])
    options[next].scrollIntoView({ block: 'nearest' })
  }
  if (event.key === 'Enter' && event.target === inputOf(dialog)) {
    event.preventDefault()
    const { ctrlKey, metaKey } = event
    options[at]?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey, metaKey }))
  }
}
