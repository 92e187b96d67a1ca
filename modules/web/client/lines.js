import { keepKeysFor } from './held-keys.js'
import { csrf } from './words.js'

/** Lines of a form: one more or one less comes from the server, which knows their fields, without loading the page. */
document.addEventListener('click', (event) => {
  const button = /** @type {Element} */ (event.target).closest?.('[data-lines] button[name$=".change"]')
  if (!(button instanceof HTMLButtonElement) || event.defaultPrevented) return
  event.preventDefault()
  keepKeysFor(change(button))
})

async function change(button) {
  const lines = button.closest('[data-lines]')
  if (lines.hasAttribute('aria-busy')) return
  lines.setAttribute('aria-busy', 'true')
  const body = new URLSearchParams([...new FormData(button.form)].map(([name, value]) => [name, String(value)]))
  body.append(button.name, button.value)
  const answer = await fetch(button.form.action, {
    method: 'POST',
    body,
    headers: { 'hx-request': 'true', 'x-csrf-token': csrf() },
  }).catch(() => undefined)
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : undefined
  const next = page?.querySelector(`[data-lines="${CSS.escape(lines.dataset.lines)}"]`)
  lines.removeAttribute('aria-busy')
  if (!next) return
  const at = [...lines.querySelectorAll('[data-line]')].indexOf(button.closest('[data-line]'))
  lines.replaceWith(next)
  place(next, button.value, at)
  // The form has changed, though nobody typed; what the new controls need comes with them.
  next.dispatchEvent(new Event('input', { bubbles: true }))
  next.dispatchEvent(new Event('asked', { bubbles: true }))
}

/** To the first control of a new line; else to what stands where the pressed button stood. */
function place(lines, what, at) {
  const rows = [...lines.querySelectorAll('[data-line]')]
  if (what === 'add') return rows.at(-1)?.querySelector('input:not([type="hidden"]), select, textarea, button')?.focus()
  const row = rows[Math.min(at, rows.length - 1)]
  const button = row?.querySelector('button[name$=".change"]') ?? lines.querySelector('button[value="add"]')
  button?.focus()
}
