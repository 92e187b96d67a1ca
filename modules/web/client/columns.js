import { csrf } from './words.js'

/** Columns are moved and drawn wider in the head of the list; the menu of columns does the same for keys and without a script. */
export function prepareColumns() {
  const table = document.querySelector('table[data-sortable]:not([data-columns])')
  if (!table) return
  table.setAttribute('data-columns', '')
  for (const head of headsOf(table)) if (!head.classList.contains('title-cell')) head.append(sizer(table, head))
  // Who comes near the head may want to drag: only he pays for it.
  table.tHead.addEventListener('pointerenter', () => makeMovable(table), { once: true })
}

const headsOf = (table) => [...table.querySelectorAll('thead th[data-column]')]

async function makeMovable(table) {
  await import(table.getAttribute('data-sortable'))
  const shared = { animation: 120, delay: 150, delayOnTouchOnly: true }
  window.Sortable.create(table.tHead.rows[0], {
    ...shared,
    draggable: 'th[data-column]',
    filter: '.sizer',
    preventOnFilter: false,
    onEnd: ({ oldIndex, newIndex }) => oldIndex !== newIndex && keepOrder(headsOf(table).map((head) => head.dataset.column)),
  })
  const menu = table.querySelector('.columns-menu .columns')
  if (menu) window.Sortable.create(menu, { ...shared, draggable: '.with-tools', filter: 'button', preventOnFilter: false })
}

/** The menu holds the chosen columns in their order, so it is what is sent. */
function keepOrder(names) {
  const menu = document.querySelector('.columns-menu .columns')
  const lines = [...menu.querySelectorAll('.with-tools')]
  const nameOf = (line) => line.querySelector('[name="column"]').value
  menu.prepend(...names.map((name) => lines.find((line) => nameOf(line) === name)))
  const form = /** @type {HTMLFormElement} */ (document.getElementById('columns-form'))
  form.requestSubmit()
}

function sizer(table, head) {
  const grip = document.createElement('span')
  grip.className = 'sizer'
  grip.setAttribute('aria-hidden', 'true')
  grip.addEventListener('click', (event) => event.preventDefault())
  grip.addEventListener('pointerdown', (event) => {
    event.preventDefault()
    event.stopPropagation()
    const col = table.querySelectorAll('col')[head.cellIndex]
    const turned = getComputedStyle(table).direction === 'rtl' ? -1 : 1
    const [from, width] = [event.clientX, head.offsetWidth]
    let now = width
    const draw = (move) => {
      now = Math.min(600, Math.max(60, width + (move.clientX - from) * turned))
      col.style.inlineSize = `${now}px`
    }
    grip.classList.add('drawn')
    grip.setPointerCapture(event.pointerId)
    grip.addEventListener('pointermove', draw)
    grip.addEventListener(
      'lostpointercapture',
      () => {
        grip.classList.remove('drawn')
        grip.removeEventListener('pointermove', draw)
        if (now !== width) keepWidth(head.dataset.column, now)
      },
      { once: true },
    )
  })
  return grip
}

function keepWidth(column, width) {
  const form = document.getElementById('columns-form')
  const body = new URLSearchParams({ back: form.elements.namedItem('back').value })
  const about = new URLSearchParams({ of: column, width: String(Math.round(width)) })
  fetch(`${form.getAttribute('action')}?${about}`, {
    method: 'POST',
    body,
    headers: { accept: 'application/json', 'x-csrf-token': csrf() },
  })
}
