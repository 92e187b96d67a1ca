/** Says in the foot of the page what stands under the pointer or has the focus; the rows are in the page already. */
const panel = () => document.querySelector('.developer')

/** @param {{ readonly target: EventTarget | null }} event */
function tell(event) {
  const at = /** @type {Element} */ (event.target)
  const told = panel()?.querySelector('[data-told]')
  if (!told || !at.closest || panel()?.contains(at)) return false
  const row = [...(panel()?.querySelectorAll('[data-tells]') ?? [])].find((each) => at.closest(each.dataset.tells))
  told.textContent = row
    ? [...row.children]
        .map((cell) => cell.textContent?.trim())
        .filter(Boolean)
        .join(' · ')
    : ''
  return row !== undefined
}

document.addEventListener('pointerover', tell)
document.addEventListener('focusin', tell)
// Where somebody was before this script came.
for (const at of [document.activeElement, ...[...document.querySelectorAll(':hover')].slice(-1)]) if (at && tell({ target: at })) break
document.addEventListener('click', async (event) => {
  const button = /** @type {Element} */ (event.target).closest?.('.developer [data-copies]')
  if (!button || !navigator.clipboard) return
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copies)?.textContent ?? '')
  button.querySelector('[role=status]').textContent = button.dataset.copied
})
// The mark of the sidebar leads to the panel, which is closed until then.
document.addEventListener('click', (event) => {
  if (/** @type {Element} */ (event.target).closest?.('a[href="#developer"]')) panel()?.setAttribute('open', '')
})
