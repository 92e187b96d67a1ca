import { element, say } from './words.js'

/** Colleagues are offered behind an `@`, and where one is asked for; who is meant is found by the server, from the text alone. */

const quietMs = 120
let asked = 0
let waiting = 0
/** @type {{ box: HTMLTextAreaElement, list: HTMLElement, from: number, at: number } | undefined} */
let open

/** What stands between the last `@` and the caret, if that may become a name. */
function begunIn(box) {
  const before = box.value.slice(0, box.selectionStart)
  const found = /(?:^|[^\p{L}\p{N}_.@])@([\p{L}\p{N}][\p{L}\p{N}_.'’@-]*(?: [\p{L}\p{N}_.'’-]*){0,3}|)$/u.exec(before)
  return found && { q: found[1], from: before.length - found[1].length }
}

async function people(address, q) {
  const mine = ++asked
  const answer = await fetch(`${address}?${new URLSearchParams({ q })}`, { headers: { accept: 'application/json' } }).catch(() => undefined)
  if (!answer?.ok || mine !== asked) return undefined
  return (await answer.json()).data
}

function close() {
  if (!open) return
  open.list.remove()
  for (const name of ['aria-controls', 'aria-activedescendant']) open.box.removeAttribute(name)
  open = undefined
}

async function offer(box) {
  const begun = begunIn(box)
  const address = box.closest('[data-people]')?.getAttribute('data-people')
  if (!begun || !address) return close()
  const found = await people(address, begun.q)
  if (!found || document.activeElement !== box) return
  close()
  if (found.length === 0) return
  const list = element(
    'div',
    { class: 'offers named-offers', role: 'listbox', id: 'named-offers', 'aria-label': say('colleagues') },
    ...found.map(({ name, email, as }, at) =>
      element(
        'div',
        { role: 'option', id: `named-${at}`, class: 'offer', 'data-as': as },
        element('b', {}, name),
        ' ',
        element('span', { class: 'muted' }, email),
      ),
    ),
  )
  list.addEventListener('pointerdown', (event) => {
    event.preventDefault()
    take(event.target.closest('[role="option"]'))
  })
  box.closest('[data-composer]').append(list)
  box.setAttribute('aria-controls', 'named-offers')
  open = { box, list, from: begun.from, at: 0 }
  mark(0)
}

function mark(at) {
  const options = [...open.list.children]
  open.at = (at + options.length) % options.length
  for (const [index, option] of options.entries()) option.setAttribute('aria-selected', String(index === open.at))
  open.box.setAttribute('aria-activedescendant', options[open.at].id)
  options[open.at].scrollIntoView({ block: 'nearest' })
}

function take(option) {
  if (!open || !option) return
  const { box, from } = open
  close()
  box.setRangeText(`${option.dataset.as} `, from, box.selectionStart, 'end')
  box.dispatchEvent(new Event('input', { bubbles: true }))
}

document.addEventListener('input', ({ target }) => typed(/** @type {HTMLTextAreaElement} */ (target)))
// Whoever is quick has begun to type before this was loaded.
if (document.activeElement) typed(/** @type {HTMLTextAreaElement} */ (document.activeElement))

function typed(box) {
  clearTimeout(waiting)
  if (box.matches('[data-people] textarea')) waiting = setTimeout(() => offer(box), quietMs)
  if (box.matches('[data-colleagues]')) waiting = setTimeout(() => fill(box), quietMs)
}

// Before the composer and the hotkeys hear of the key.
document.addEventListener(
  'keydown',
  (event) => {
    if (!open || event.target !== open.box || event.isComposing) return
    const deeds = {
      ArrowDown: () => mark(open.at + 1),
      ArrowUp: () => mark(open.at - 1),
      Enter: () => take(open.list.children[open.at]),
      Tab: () => take(open.list.children[open.at]),
      Escape: close,
    }
    const deed = event.ctrlKey || event.metaKey ? undefined : deeds[event.key]
    if (!deed) return
    event.preventDefault()
    event.stopImmediatePropagation()
    deed()
  },
  true,
)
document.addEventListener('focusout', ({ target }) => target === open?.box && close())

async function fill(input) {
  const found = await people(input.dataset.colleagues, input.value)
  if (found) input.list.replaceChildren(...found.map(({ name, email, as }) => element('option', { value: as }, `${name} ${email}`)))
}
