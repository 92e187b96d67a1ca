import { keepKeysFor } from './held-keys.js'
import { element } from './words.js'

/**
 * What is offered behind a sign in a text, such as colleagues behind an `@`: a list that typing narrows, from which the arrows and Enter
 * choose, while the caret stays in the text.
 *
 * @typedef {object} Kind
 * @property {string} within a selector of the boxes in which the sign means something
 * @property {RegExp} begun what stands before the caret when something may be offered; its group is what was typed behind the sign
 * @property {number} sign how much before the group is taken away with it
 * @property {string} label what the list is called
 * @property {(box: HTMLTextAreaElement, q: string) => Promise<any[] | undefined>} ask undefined where it does not matter any more
 * @property {(item: any) => (Node | string)[]} shown
 * @property {(item: any) => string} text what is put into the text
 * @property {(item: any) => void} [taken]
 */

const quietMs = 120
/** @type {Kind[]} */
const kinds = []
let asked = 0
let waiting = 0
/** @type {{ kind: Kind, box: HTMLTextAreaElement, list: HTMLElement, items: any[], from: number, at: number } | undefined} */
let open
/** Where something was put in or sent away: it does not come again by itself. @type {{ box: Element, from: number } | undefined} */
let settled

/** What was answered last. @type {{ box: Element, from: number, q: string } | undefined} */
let answered

/** @param {Kind} kind */
export function offerIn(kind) {
  kinds.push(kind)
  // Whoever is quick has begun to type before this was loaded.
  if (document.activeElement) typed(document.activeElement)
}

/** Offers at once; whether there was anything. */
export async function offerNow(box) {
  clearTimeout(waiting)
  settled = undefined
  await offer(box)
  return open?.box === box
}

/** As if it were typed: it can be undone, and whoever listens to the box hears of it. */
export function insert(box, text, from, to) {
  box.focus({ preventScroll: true })
  box.setSelectionRange(from, to)
  // A box that is hidden by now takes no focus, and what is typed would come into another.
  if (document.activeElement === box && document.execCommand('insertText', false, text)) return
  box.setRangeText(text, from, to, 'end')
  box.dispatchEvent(new Event('input', { bubbles: true }))
}

function begunIn(box) {
  const before = box.value.slice(0, box.selectionStart)
  for (const kind of kinds) {
    const found = box.matches(kind.within) && kind.begun.exec(before)
    if (found) return { kind, q: found[1], from: before.length - found[1].length - kind.sign }
  }
}

function typed(box) {
  clearTimeout(waiting)
  if (!(box instanceof HTMLTextAreaElement)) return
  const begun = begunIn(box)
  if (settled && (settled.box !== box || settled.from !== begun?.from)) settled = undefined
  if (begun && !settled) waiting = setTimeout(() => offer(box), quietMs)
  else close()
}

async function offer(box) {
  const begun = begunIn(box)
  if (!begun) return close()
  const mine = ++asked
  const items = await begun.kind.ask(box, begun.q)
  answered = { box, from: begun.from, q: begun.q }
  const now = begunIn(box)
  const isOld = mine !== asked || document.activeElement !== box || now?.from !== begun.from || now.q !== begun.q || settled
  if (!items || isOld) return
  close()
  if (items.length > 0) show(begun, box, items)
}

function show({ kind, from }, box, items) {
  const list = element(
    'div',
    { class: 'offers text-offers', role: 'listbox', id: 'text-offers', 'aria-label': kind.label },
    ...items.map((item, at) => element('div', { role: 'option', id: `text-offer-${at}`, class: 'offer' }, ...kind.shown(item))),
  )
  list.addEventListener('pointerdown', (event) => {
    event.preventDefault()
    take([...list.children].indexOf(event.target.closest('[role="option"]')))
  })
  box.closest('[data-composer]').append(list)
  box.setAttribute('aria-controls', list.id)
  open = { kind, box, list, items, from, at: 0 }
  mark(0)
}

function close() {
  if (!open) return
  open.list.remove()
  for (const name of ['aria-controls', 'aria-activedescendant']) open.box.removeAttribute(name)
  open = undefined
}

function mark(at) {
  const options = [...open.list.children]
  open.at = (at + options.length) % options.length
  for (const [index, option] of options.entries()) option.setAttribute('aria-selected', String(index === open.at))
  open.box.setAttribute('aria-activedescendant', options[open.at].id)
  options[open.at].scrollIntoView({ block: 'nearest' })
}

function take(at) {
  const item = open?.items[at]
  if (item === undefined) return
  const { kind, box, from } = open
  close()
  settled = { box, from }
  insert(box, kind.text(item), from, box.selectionStart)
  kind.taken?.(item)
}

function leave() {
  settled = { box: open.box, from: open.from }
  close()
}

/** Whoever knows what he wants presses Enter before it is offered: then the list before him is of less than he has typed, or not there yet. */
function isAwaited(box) {
  const begun = box instanceof HTMLTextAreaElement && !settled && begunIn(box)
  return begun && begun.q !== '' && !(answered?.box === box && answered.from === begun.from && answered.q === begun.q)
}

async function takeFirst(box, key) {
  if (await offerNow(box)) take(0)
  else if (key === 'Enter') insert(box, '\n', box.selectionStart, box.selectionEnd)
}

document.addEventListener('input', ({ target }) => typed(target))
// Before the composer and the hotkeys hear of the key.
document.addEventListener(
  'keydown',
  (event) => {
    const box = event.target
    if (event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    const awaited = /^(Enter|Tab)$/.test(event.key) && isAwaited(box)
    if (!awaited && open?.box !== box) return
    const deeds = {
      ArrowDown: () => mark(open.at + 1),
      ArrowUp: () => mark(open.at - 1),
      Enter: () => take(open.at),
      Tab: () => take(open.at),
      Escape: leave,
    }
    const deed = awaited ? () => keepKeysFor(takeFirst(box, event.key)) : deeds[event.key]
    if (!deed) return
    event.preventDefault()
    event.stopImmediatePropagation()
    deed()
  },
  true,
)
document.addEventListener('focusout', ({ target }) => target === open?.box && close())
