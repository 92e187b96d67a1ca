import { element, say } from './words.js'

/** Many-to-many: a long list of ticks gets a box to type into; over a `search` address it finds more than the page has. */
document.addEventListener('toggle', ({ target }) => prepare(/** @type {HTMLDetailsElement} */ (target)), true)
// Somebody was quicker than this script.
for (const choices of document.querySelectorAll('details.choices')) prepare(/** @type {HTMLDetailsElement} */ (choices))

function prepare(choices) {
  if (!choices.matches?.('.choices') || !choices.open || choices.querySelector('[type="search"]')) return
  if (!choices.dataset.search && choices.querySelectorAll('.item').length < 8) return
  const box = element('input', {
    type: 'search',
    class: 'control',
    'aria-label': say('search_more'),
    placeholder: say('search_more'),
    autocomplete: 'off',
  })
  let waiting = 0
  // Typing here is no change of the record.
  for (const kind of ['input', 'change']) box.addEventListener(kind, (typed) => typed.stopPropagation())
  box.addEventListener('input', () => {
    filter(choices, box.value)
    clearTimeout(waiting)
    if (choices.dataset.search) waiting = setTimeout(() => findMore(choices, box), 150)
  })
  choices.querySelector('.popup').prepend(box)
  box.focus()
}

/** Enter takes the first that was found, the arrows go through them: nobody has to leave the keys. */
document.addEventListener('keydown', (event) => {
  const from = /** @type {HTMLElement} */ (event.target)
  const choices = from.closest?.('.choices[open]')
  if (!choices || event.isComposing || from.matches('summary')) return
  const shown = [...choices.querySelectorAll('.item:not([hidden]) input')]
  if (event.key === 'Enter') {
    event.preventDefault()
    ;(from.type === 'checkbox' ? from : shown[0])?.click()
    if (from.type === 'search') from.select()
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault()
    const next = shown.indexOf(from) + (event.key === 'ArrowDown' ? 1 : -1)
    ;(shown[next] ?? choices.querySelector('[type="search"]'))?.focus()
  }
})

function filter(choices, text) {
  const wanted = text.trim().toLowerCase()
  for (const item of choices.querySelectorAll('.item')) item.hidden = !item.textContent.toLowerCase().includes(wanted)
}

async function findMore(choices, box) {
  const address = new URL(choices.dataset.search, location.href)
  address.searchParams.set('q', box.value)
  const answer = await fetch(address, { headers: { accept: 'application/json' } }).catch(() => undefined)
  if (!answer?.ok) return
  const known = new Set([...choices.querySelectorAll('.item input')].map((tick) => tick.value))
  for (const { id, label } of (await answer.json()).data) {
    if (known.has(String(id))) continue
    const tick = element('input', { type: 'checkbox', name: choices.dataset.name, value: String(id) })
    choices.querySelector('.popup').append(element('label', { class: 'item' }, tick, element('span', {}, label)))
  }
  filter(choices, box.value)
}
