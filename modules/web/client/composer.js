import { keepKeysFor } from './held-keys.js'
import { choose, key, sentKey } from './saying.js'

/** What is being written about a record: kept until it is sent, whatever happens to the page meanwhile. */

const boxOf = (form) => /** @type {HTMLTextAreaElement} */ (form.querySelector('textarea'))
const forms = () => /** @type {HTMLFormElement[]} */ ([...document.querySelectorAll('form[data-saying]')])

export function prepareComposer() {
  for (const form of forms()) {
    if (sessionStorage.getItem(sentKey(form))) {
      sessionStorage.removeItem(sentKey(form))
      // Else it was refused or got lost on the way, and is still to be sent.
      if (document.querySelector('.toast.success')) sessionStorage.removeItem(key(form))
    }
    const kept = sessionStorage.getItem(key(form)) ?? ''
    const { value } = boxOf(form)
    // Somebody was quicker than this script: neither text is lost. What was refused comes back from the server, and is no second text.
    const text = value.startsWith(kept.trim()) ? value : `${kept}${value && `\n${value}`}`
    if (text) sessionStorage.setItem(key(form), text)
    if (text === value) continue
    boxOf(form).value = text
    if (!document.activeElement?.matches('[data-saying] textarea')) choose(form)
  }
  if (document.activeElement) maySlash(document.activeElement)
}

/** Saved replies come with the first slash. */
const replies = () => import('./replies.js')
const maySlash = (box) => box.matches('[data-replies] textarea') && box.value.includes('/') && replies()

document.addEventListener('input', (event) => {
  const form = /** @type {HTMLTextAreaElement} */ (event.target).form
  if (form?.matches('[data-saying]')) sessionStorage.setItem(key(form), boxOf(form).value)
  maySlash(/** @type {Element} */ (event.target))
})

document.addEventListener('click', (event) => {
  const button = /** @type {Element} */ (event.target).closest('[data-ask-replies]')
  if (!button) return
  event.preventDefault()
  // Where the script does not come, the server shows them.
  const ask = ({ askReplies }) => askReplies(boxOf(button.form))
  keepKeysFor(replies().then(ask, () => button.form.requestSubmit(button)))
})

// The arrow keys go from tab to tab; only a press of the mouse also goes on into the text.
document.addEventListener('click', (event) => {
  const tab = /** @type {Element} */ (event.target).closest('.sayings label')
  if (!tab || !event.detail) return
  const form = forms().find(({ dataset }) => dataset.saying === tab.querySelector('input').value)
  if (form) requestAnimationFrame(() => boxOf(form).focus())
})
