import { say } from './words.js'

/** @returns {HTMLInputElement[]} */
const picksOf = (form) => [...form.querySelectorAll('.pick')]

/** Counts chosen rows and keeps the box in the head in step; which rows are chosen is told by their own boxes. */
export function prepareSelection() {
  const form = document.querySelector('[data-selection]')
  if (!form) return
  if (form.classList.contains('all-selected')) {
    // None can be left out of all that match, on this page and the others.
    for (const pick of [...picksOf(form), ...form.querySelectorAll('[data-pick-all]')]) {
      pick.checked = true
      pick.disabled = true
    }
  }
  show(form)
}

function show(form) {
  const picks = picksOf(form)
  const chosen = picks.filter((pick) => pick.checked).length
  const all = form.querySelector('[data-pick-all]')
  if (all) {
    all.checked = chosen > 0 && chosen === picks.length
    all.indeterminate = chosen > 0 && chosen < picks.length
  }
  const count = form.querySelector('[data-selected-count]')
  if (count && chosen && !form.classList.contains('all-selected')) count.textContent = say('selected', { count: chosen })
  if (!chosen) form.classList.remove('picking')
}

/** @type {HTMLInputElement | undefined} */
let last

document.addEventListener('change', (event) => {
  const box = /** @type {HTMLInputElement} */ (event.target)
  const form = box.closest?.('[data-selection]')
  if (!form || !box.matches('.pick, [data-pick-all]')) return
  if (box.matches('[data-pick-all]')) for (const pick of picksOf(form)) pick.checked = box.checked
  show(form)
})

/** Shift takes everything between the last box and this one. */
document.addEventListener('click', (event) => {
  const box = /** @type {HTMLElement} */ (event.target)
  if (!(box instanceof HTMLInputElement) || !box.matches('.pick')) return
  const form = box.closest('[data-selection]')
  const picks = picksOf(form)
  if (event.shiftKey && last && picks.includes(last)) {
    const [from, to] = [picks.indexOf(last), picks.indexOf(box)].sort((a, b) => a - b)
    for (const pick of picks.slice(from, to + 1)) pick.checked = box.checked
    show(form)
  }
  last = box
})

document.addEventListener('click', (event) => {
  const form = /** @type {Element} */ (event.target).closest('[data-clear-selection]')?.closest('[data-selection]')
  if (!form) return
  const all = form.querySelector('[data-clear-all]')
  if (all) return all.click()
  for (const pick of picksOf(form)) pick.checked = false
  show(form)
})

/** Shift adds a column to those by which the list is sorted; Shift and Enter are such a press too. */
document.addEventListener(
  'click',
  (event) => {
    const link = /** @type {Element} */ (event.target).closest?.('th a[data-also]')
    if (!link || !event.shiftKey) return
    event.preventDefault()
    event.stopPropagation()
    location.assign(link.getAttribute('data-also'))
  },
  true,
)

/** A value is changed where it stands; the title is a link, so the key `e` begins there. */
document.addEventListener('dblclick', (event) => {
  const cell = /** @type {Element} */ (event.target).closest?.('.list tr.row > td:not(.pick-cell, .options)')
  if (cell && !cell.querySelector('.cell-edit')) import('./inline.js').then(({ edit }) => edit(cell))
})

/** On a phone a long press starts choosing; from then on the boxes are there. */
let press = 0
document.addEventListener('pointerdown', (event) => {
  if (event.pointerType === 'mouse') return
  const row = /** @type {Element} */ (event.target).closest('.list tr.row')
  const pick = row?.querySelector('.pick')
  if (!pick) return
  press = window.setTimeout(() => {
    const form = row.closest('[data-selection]')
    form.classList.add('picking')
    pick.checked = true
    show(form)
    row.addEventListener('click', (click) => click.preventDefault(), { once: true, capture: true })
  }, 500)
})
for (const end of ['pointerup', 'pointercancel', 'pointermove', 'scroll']) {
  document.addEventListener(end, () => clearTimeout(press), { capture: true, passive: true })
}
