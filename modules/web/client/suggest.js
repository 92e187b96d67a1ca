import { element, icon, say } from './words.js'

const pause = 180
const symbols = { text: 'search', facet: 'filter', filter: 'filter' }
let asking = new AbortController()
let waiting = 0

/** Under a search: what may be meant by what is typed. Without a choice Enter searches, as it does without a script. */
export function suggest(input) {
  prepare(input)
  clearTimeout(waiting)
  asking.abort()
  waiting = window.setTimeout(ask, pause, input)
}

function prepare(input) {
  if (input.getAttribute('role') === 'combobox') return
  const list = element('div', {
    class: 'offers suggestions',
    role: 'listbox',
    id: 'suggestions',
    'aria-label': say('suggestions'),
    hidden: '',
  })
  input.form.append(list)
  for (const [name, value] of [
    ['role', 'combobox'],
    ['aria-expanded', 'false'],
    ['aria-controls', list.id],
    ['aria-autocomplete', 'list'],
  ])
    input.setAttribute(name, value)
  input.addEventListener('keydown', (event) => press(input, event))
  input.addEventListener('blur', () => close(input))
  input.form.addEventListener('submit', () => close(input))
  // Pressing an offer must not blur the box first.
  list.addEventListener('pointerdown', (event) => event.preventDefault())
  list.addEventListener('click', () => close(input))
}

const listOf = (input) => input.form.querySelector('.suggestions')
const optionsOf = (input) => [...listOf(input).querySelectorAll('[role="option"]')]
const chosenIn = (input) => listOf(input).querySelector('[aria-selected="true"]')

async function ask(input) {
  const q = input.value.trim()
  if (q === '' || document.activeElement !== input) return close(input)
  asking = new AbortController()
  const address = new URL(input.form.dataset.suggest, location.href)
  address.searchParams.set('q', q)
  try {
    const answer = await fetch(address, { headers: { accept: 'application/json' }, signal: asking.signal })
    if (!answer.ok) return close(input)
    show(input, (await answer.json()).data)
  } catch {
    // A newer question stopped this one, or there is no network: what is typed can be searched for all the same.
  }
}

function show(input, data) {
  if (data.length === 0 || document.activeElement !== input) return close(input)
  const list = listOf(input)
  list.replaceChildren(
    ...data.map(({ kind, label, href }, at) =>
      element(
        'a',
        {
          class: 'offer',
          role: 'option',
          id: `suggestion-${at}`,
          'aria-selected': 'false',
          tabindex: '-1',
          href,
          'hx-boost': "target:'#main', swap:'outerHTML'",
        },
        icon(symbols[kind], 'small'),
        element('span', { class: 'cut', dir: 'auto' }, label),
      ),
    ),
  )
  window.htmx?.process(list)
  list.hidden = false
  input.setAttribute('aria-expanded', 'true')
  input.removeAttribute('aria-activedescendant')
}

function close(input) {
  clearTimeout(waiting)
  asking.abort()
  const list = listOf(input)
  if (!list) return
  list.hidden = true
  input.setAttribute('aria-expanded', 'false')
  input.removeAttribute('aria-activedescendant')
}

function press(input, event) {
  if (event.isComposing || listOf(input).hidden) return
  const chosen = chosenIn(input)
  if (event.key === 'Escape') {
    event.preventDefault()
    event.stopPropagation()
    close(input)
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault()
    step(input, chosen, event.key === 'ArrowDown' ? 1 : -1)
  } else if (event.key === 'Enter' && chosen) {
    event.preventDefault()
    chosen.click()
  }
}

/** Round by way of the box itself, where nothing is chosen. */
function step(input, chosen, by) {
  const options = optionsOf(input)
  const places = options.length + 1
  const at = (options.indexOf(chosen) + 1 + by + places) % places
  chosen?.setAttribute('aria-selected', 'false')
  const next = options[at - 1]
  if (!next) return input.removeAttribute('aria-activedescendant')
  next.setAttribute('aria-selected', 'true')
  next.scrollIntoView({ block: 'nearest' })
  input.setAttribute('aria-activedescendant', next.id)
}
