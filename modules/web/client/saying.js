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

// Here and not with what keeps a text, which comes after the page: whoever types on behind the key may be done by then.
document.addEventListener('keydown', (event) => {
  const form = /** @type {HTMLTextAreaElement} */ (event.target).form
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && form?.matches?.('[data-saying]')) form.requestSubmit()
})
