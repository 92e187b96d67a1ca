import { csrf } from './words.js'

/** The builder of conditions: what its buttons and choices ask for comes without loading the page; the count follows what is typed. */
const builders = () => document.querySelectorAll('[data-builder]')
/** @type {WeakMap<Element, AbortController>} */
const counting = new WeakMap()
let waiting = 0

/** After each page: how many match now. */
export function prepareBuilders() {
  for (const builder of builders()) {
    if (builder.hasAttribute('data-counted')) continue
    builder.setAttribute('data-counted', '')
    // Somebody chose before this script came: what his choice asks for is still to come.
    if ([...builder.querySelectorAll('select[data-builder-shape]')].some(isChosen)) refresh(builder)
    else count(builder)
  }
}

function isChosen(select) {
  const sent = [...select.options].findLast(({ defaultSelected }) => defaultSelected) ?? select.options[0]
  return select.value !== sent?.value
}

document.addEventListener('click', (event) => {
  const button = /** @type {Element} */ (event.target).closest?.('[data-builder] button[name$=".change"]')
  if (!(button instanceof HTMLButtonElement)) return
  event.preventDefault()
  event.stopPropagation()
  refresh(button.closest('[data-builder]'), button)
})

document.addEventListener('change', (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target)
  const builder = input.closest?.('[data-builder]')
  if (!builder) return
  if (input.matches('[data-builder-shape]')) refresh(builder)
  else count(builder)
})

document.addEventListener('input', (event) => {
  const builder = /** @type {Element} */ (event.target).closest?.('[data-builder]')
  if (!builder) return
  clearTimeout(waiting)
  waiting = setTimeout(() => count(builder), 400)
})

/** Enter in a value must not press the first button of the form, which adds or removes. */
document.addEventListener('keydown', (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target)
  if (event.key !== 'Enter' || event.isComposing || !input.matches?.('[data-builder] input:not([type="checkbox"])')) return
  event.preventDefault()
  count(input.closest('[data-builder]'))
})

function bodyOf(builder, button) {
  const { builder: name } = builder.dataset
  const form = builder.closest('form')
  const entries = [...new FormData(form)].filter(([key]) => key.startsWith(`${name}.`) && key !== `${name}.change`)
  return new URLSearchParams([
    ...entries.map(([key, value]) => [key, String(value)]),
    ['builder', name],
    [`${name}.change`, button?.value ?? 'update'],
  ])
}

function send(address, body, signal) {
  return fetch(address, { method: 'POST', body, signal, headers: { 'hx-request': 'true', 'x-csrf-token': csrf() } })
}

async function refresh(builder, button) {
  const answer = await send(builder.dataset.builderAt, bodyOf(builder, button)).catch(() => undefined)
  if (!answer?.ok) return
  const place = focusIn(builder, button)
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-builder]')
  if (!next) return
  const dialog = builder.closest('dialog')
  builder.replaceWith(next)
  place(next)
  prepareBuilders()
  // The form has changed, though nobody typed.
  next.dispatchEvent(new Event('input', { bubbles: true }))
  dialog?.removeAttribute('aria-busy')
}

/** Where the focus goes: what was added, what came in the place of what was removed, else where it was. */
function focusIn(builder, button) {
  const [what, at = ''] = (button?.value ?? '').split(':')
  const { name } = document.activeElement ?? {}
  const root = builder.dataset.builder
  return (next) => {
    const named = (wanted) => next.querySelector(`[name="${CSS.escape(wanted)}"]`)
    const button = (value) => next.querySelector(`button[value="${CSS.escape(value)}"]`)
    if (what === 'add') {
      const fields = [...next.querySelectorAll('select[name$=".field"]')].filter(({ name }) => parentOf(name, root) === at)
      return fields.at(-1)?.focus()
    }
    if (what === 'group') return [...next.querySelectorAll('.nested select[name$=".field"]')].at(-1)?.focus()
    if (what === 'remove')
      return (button(`remove:${at}`) ?? button(`add:${at.split('.').slice(0, -1).join('.')}`) ?? button('add:'))?.focus()
    if (name) named(name)?.focus()
  }
}

const parentOf = (name, root) =>
  name
    .slice(root.length + 1)
    .split('.')
    .slice(0, -2)
    .join('.')

async function count(builder) {
  const shown = builder.querySelector('[data-builder-count]')
  if (!shown || !builder.closest('form')) return
  counting.get(builder)?.abort()
  const asked = new AbortController()
  counting.set(builder, asked)
  try {
    const answer = await send(builder.dataset.countAt, bodyOf(builder), asked.signal)
    if (!answer.ok) return
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    shown.replaceChildren(...page.body.childNodes)
  } catch {
    // A newer count stopped this one, or there is no network: the last one stays.
  }
}
