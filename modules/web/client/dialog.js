import { keepKeysFor } from './held-keys.js'
import { leave, mayLeave } from './leaving.js'
import { toast } from './toasts.js'
import { csrf, element, icon, say } from './words.js'

/** Pages that ask before they act are shown over the page from which they were called; without script they are pages. */
document.addEventListener('click', (event) => {
  const link = /** @type {Element} */ (event.target).closest?.('a[data-dialog]')
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  const menu = link.closest('details.menu')
  menu?.removeAttribute('open')
  opener = menu?.querySelector('summary') ?? link
  if (mayLeave()) keepKeysFor(ask(link.href, {}))
})

document.addEventListener('submit', (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target)
  const button = event.submitter
  const isOpen = form.closest('dialog[data-asking]') !== null
  if (!isOpen && !button?.matches('[data-dialog]')) return
  event.preventDefault()
  if (!isOpen) opener = button
  const body = new URLSearchParams([...new FormData(form, button)].map(([name, value]) => [name, String(value)]))
  ask(button?.getAttribute('formaction') ?? form.getAttribute('action'), { method: 'POST', body })
})

document.addEventListener('keydown', (event) => {
  const form = document.querySelector('dialog[data-asking] form')
  if (!form || !(event.ctrlKey || event.metaKey) || (event.key !== 's' && event.key !== 'Enter')) return
  event.preventDefault()
  form.requestSubmit()
})

let asking = false
/** Where the focus goes when the dialog closes. @type {HTMLElement | null} */
let opener = null

async function ask(address, options) {
  if (asking) return
  asking = true
  const dialog = document.querySelector('dialog[data-asking]')
  dialog?.setAttribute('aria-busy', 'true')
  try {
    const answer = await fetch(address, { ...options, headers: { 'hx-request': 'true', 'x-csrf-token': csrf() } })
    const next = answer.headers.get('hx-redirect')
    if (next) return go(next)
    show(new DOMParser().parseFromString(await answer.text(), 'text/html'))
  } catch {
    toast(say('failed'), 'error')
  } finally {
    asking = false
    dialog?.removeAttribute('aria-busy')
  }
}

/** Loading the same page again keeps the place in it. */
function go(address) {
  leave()
  const next = new URL(address, location.href)
  if (next.pathname + next.search === location.pathname + location.search) location.reload()
  else location.assign(next)
}

function show(page) {
  const asked = page.querySelector('form.page-card, .problem')
  if (!asked) return toast(say('failed'), 'error')
  const title = page.querySelector('h1')?.textContent ?? ''
  const close = element('button', { type: 'button', class: 'button quiet small bare push', 'aria-label': say('close') }, icon('x', 'small'))
  const head = element('header', {}, element('h2', {}, title), close)
  const dialog = document.querySelector('dialog[data-asking]') ?? element('dialog', { class: 'dialog asking', 'data-asking': '' })
  dialog.setAttribute('aria-label', title)
  renumber(asked)
  dialog.replaceChildren(head, asked)
  for (const cancel of dialog.querySelectorAll('[data-discard], header button, .problem a')) {
    cancel.addEventListener('click', (event) => {
      event.preventDefault()
      dialog.close()
    })
  }
  if (!dialog.isConnected) {
    dialog.addEventListener('close', () => {
      dialog.remove()
      opener?.focus()
    })
    dialog.addEventListener('click', (event) => event.target === dialog && !isTyped(dialog) && dialog.close())
    document.body.append(dialog)
    dialog.showModal()
  }
  dialog.dispatchEvent(new Event('asked', { bubbles: true }))
  if (asked.matches('[data-resume]')) return /** @type {HTMLFormElement} */ (asked).requestSubmit()
  const first =
    dialog.querySelector('[role="alert"]') ?? dialog.querySelector('form :is(.control, input:not([type="hidden"]), footer .button)')
  first?.focus()
}

/** A press beside the dialog must not throw away what was typed. */
const isTyped = (dialog) =>
  [...dialog.querySelectorAll('textarea, input[type="text"]')].some(({ value, defaultValue }) => value !== defaultValue)

/** The record below has fields of the same names; an id must be one. */
function renumber(part) {
  part.removeAttribute('data-guard')
  part.removeAttribute('id')
  for (const node of part.querySelectorAll('[id]')) node.id = `asked-${node.id}`
  for (const name of ['for', 'aria-describedby', 'aria-labelledby']) {
    for (const node of part.querySelectorAll(`[${name}]`)) {
      node.setAttribute(
        name,
        node
          .getAttribute(name)
          .split(' ')
          .map((id) => `asked-${id}`)
          .join(' '),
      )
    }
  }
  for (const link of part.querySelectorAll('a[href^="#"]')) link.setAttribute('href', `#asked-${link.getAttribute('href').slice(1)}`)
}
