import { stay } from './leaving.js'
import { toast } from './toasts.js'
import { element, say } from './words.js'

/**
 * What was typed is not lost when saving fails. While the server is away, the page stays, since the browser's own page on that
 * would take its place. When the session has ended, saving leads to the sign-in: what was typed is kept in this tab, the sign-in
 * is told to come back here, and the form is filled again. A page with a form names it itself: whoever is quick saves before the rest is there.
 */
const kept = 'draft'
const here = () => location.pathname + location.search

let saving = false
addEventListener('pageshow', () => {
  saving = false
})

document.addEventListener('submit', async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target)
  if (event.defaultPrevented || form.id !== 'record') return
  event.preventDefault()
  if (saving) return
  saving = true
  try {
    await fetch('/healthz', { method: 'HEAD', cache: 'no-store' })
  } catch {
    saving = false
    stay()
    toast(say('failed'), 'error')
    return
  }
  const entries = [...new FormData(form)].filter(([name]) => !name.startsWith('_'))
  sessionStorage.setItem(kept, JSON.stringify({ path: here(), entries }))
  const pressed = told(event.submitter)
  form.append(...pressed)
  form.submit()
  for (const each of pressed) each.remove()
})

/** A form that a script sends does not say which button was pressed. */
function told(button) {
  if (!(button instanceof HTMLButtonElement) || !button.name) return []
  return [element('input', { type: 'hidden', name: button.name, value: button.value })]
}

/** Once for each page, before anybody types. */
export function restoreDraft() {
  const draft = JSON.parse(sessionStorage.getItem(kept) ?? 'null')
  if (!draft) return
  if (location.pathname === '/sign-in') return comeBack(draft)
  sessionStorage.removeItem(kept)
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector('form#record'))
  if (!form || !draft.isBack || draft.path !== here()) return
  for (const field of form.elements) fill(field, draft.entries)
  form.dispatchEvent(new Event('input', { bubbles: true }))
  toast(say('restored'))
}

function comeBack(draft) {
  sessionStorage.setItem(kept, JSON.stringify({ ...draft, isBack: true }))
  const form = document.querySelector('form.main-form')
  if (!form || form.querySelector('[name="next"]')) return
  const next = document.createElement('input')
  Object.assign(next, { type: 'hidden', name: 'next', value: draft.path })
  form.append(next)
}

function fill(field, entries) {
  const values = entries.filter(([name]) => name === field.name).map(([, value]) => value)
  if (values.length === 0 || field.type === 'hidden') return
  if (field.type === 'checkbox' || field.type === 'radio') field.checked = values.includes(field.value)
  else field.value = values.at(-1)
  field.closest('relation-field')?.showChosen?.()
  if (field.closest('.choices')) field.dispatchEvent(new Event('change', { bubbles: true }))
}
