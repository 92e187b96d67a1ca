/** The tabs in which messages and notes are written. */

/** Shows the tab in which the text is written, and goes there: at once, for whoever types on behind the key that led here. */
export function write(box) {
  choose(box.form)
  box.focus()
}

export function choose(form) {
  const tab = form.closest('[data-composer]').querySelector(`[name="_say"][value="${CSS.escape(form.dataset.saying)}"]`)
  if (tab) tab.checked = true
}

/** Under which what is being written is kept in this tab, and that it was sent. */
export const key = (form) => `writing:${location.pathname}:${form.dataset.saying}`
export const sentKey = (form) => `${key(form)}:sent`

let sent = false
/** Whether something was sent and the page that shows it is on its way: whoever saw it here already would write on in a page that goes. */
export const isOnItsWay = () => sent
addEventListener('pageshow', () => {
  sent = false
})
document.addEventListener('htmx:after:swap', () => {
  sent = false
})
document.addEventListener('submit', (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target)
  if (event.defaultPrevented || !form.matches('[data-saying]')) return
  sent = true
  sessionStorage.setItem(sentKey(form), 'yes')
})

// Here and not with what keeps a text, which comes after the page: whoever types on behind the key may be done by then.
document.addEventListener('keydown', (event) => {
  const form = /** @type {HTMLTextAreaElement} */ (event.target).form
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && form?.matches?.('[data-saying]')) form.requestSubmit()
})
