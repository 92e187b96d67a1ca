import { keepKeysFor } from './held-keys.js'
import { showAnew } from './lanes.js'
import { toast } from './toasts.js'
import { csrf, element, icon, say } from './words.js'

const prepared = new WeakSet()

/** Dragging with the pointer, and lifting with the keyboard; both end in the same `move`. */
export async function prepareBoard(board) {
  if (prepared.has(board)) return
  prepared.add(board)
  board.addEventListener('keydown', (event) => press(board, event))
  board.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-quick]')
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    keepKeysFor(import('./quick.js').then(({ openQuick }) => openQuick(link, { announce })))
  })
  board.addEventListener('focusout', (event) => {
    if (lifted && !moving && !lifted.card.contains(event.relatedTarget)) putBack()
  })
  await import(board.getAttribute('data-sortable'))
  for (const list of board.querySelectorAll('.cards')) makeSortable(board, list)
}

/** Whether cards keep the place in their column that they are given. */
const isOrdered = (board) => board.hasAttribute('data-ordered')
const laneOf = (node) => node.closest('.lane')
/** Said aloud and in a bar: short enough for both. */
function nameOf(card) {
  const name = card.querySelector('h3').textContent.trim()
  return name.length > 80 ? `${name.slice(0, 80)}…` : name
}
const cardsOf = (list) => [...list.querySelectorAll('.card')]
const lanesOf = (board) => [...board.querySelectorAll('.lane[data-key]')]

function makeSortable(board, list) {
  const { key } = laneOf(list).dataset
  let home
  window.Sortable.create(list, {
    sort: isOrdered(board),
    group: { name: 'cards', put: !laneOf(list).hasAttribute('data-closed') },
    draggable: '.card',
    filter: '.card:not([data-move])',
    preventOnFilter: false,
    animation: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 160,
    delay: 200,
    delayOnTouchOnly: true,
    ghostClass: 'gap',
    dragClass: 'dragged',
    onStart({ item }) {
      home = item.nextElementSibling
      for (const lane of lanesOf(board)) lane.classList.toggle('forbidden', lane.hasAttribute('data-closed') && lane.dataset.key !== key)
    },
    onEnd({ item, from, to, oldIndex, newIndex }) {
      for (const lane of lanesOf(board)) lane.classList.remove('forbidden')
      if (from === to && oldIndex === newIndex) return
      send(item, laneOf(from), () => from.insertBefore(item, home))
    },
  })
}

/** Tells the server; a refusal brings the card home and says why. */
async function send(card, origin, home) {
  const lane = laneOf(card)
  const body = new URLSearchParams({ to: lane.dataset.key, _csrf: csrf(), _version: card.dataset.version ?? '' })
  if (isOrdered(card.closest('[data-kanban]'))) {
    const siblings = cardsOf(card.parentElement)
    const at = siblings.indexOf(card)
    body.set('above', siblings[at - 1]?.dataset.id ?? '')
    body.set('below', siblings[at + 1]?.dataset.id ?? '')
    body.set('back', location.pathname + location.search)
  }
  card.classList.add('waiting')
  recount(origin, lane)
  const refuse = (reason) => {
    keepingFocus(card, home)
    recount(lane, origin)
    toast(reason, 'error')
  }
  try {
    const answer = await fetch(card.dataset.move, { method: 'POST', body, headers: { accept: 'application/json', 'x-csrf-token': csrf() } })
    const told = await answer.json().catch(() => ({}))
    if (!answer.ok) return refuse(say('refused', { name: nameOf(card), reason: told.detail ?? told.title ?? answer.statusText }))
    if (told.version !== undefined) card.dataset.version = String(told.version)
    announce(
      origin === lane
        ? say('placed', { name: nameOf(card), ...positionOf(card) })
        : say('dropped', { name: nameOf(card), column: laneName(lane) }),
    )
    const board = card.closest('.board')
    // How a column divides only the server knows.
    if (origin !== lane && board.querySelector('.progress')) await showAnew(board)
  } catch {
    refuse(say('failed'))
  } finally {
    card.classList.remove('waiting')
  }
}

/** Moving a node takes the focus away from it; whoever works by keyboard needs it back. */
function keepingFocus(card, move) {
  const focused = card.contains(document.activeElement)
  moving = true
  move()
  if (focused) card.querySelector('h3 a').focus({ preventScroll: true })
  moving = false
}

function recount(from, to) {
  if (from === to) return
  count(from, -1)
  count(to, 1)
}

/** Only plain counts are kept in step; "10,000+" stays as it is. */
function count(lane, by) {
  const shown = lane.querySelector('.count')
  if (/^\d+$/.test(shown.textContent)) shown.textContent = String(Number(shown.textContent) + by)
}

const laneName = (lane) => lane.querySelector('h2').textContent.trim()

/** @type {{ card: HTMLElement, origin: Element, home: () => void, isHome: () => boolean, help: HTMLElement } | undefined} */
let lifted
let moving = false

function press(board, event) {
  const card = event.target.closest('.card[data-move]')
  if (!card || event.target.closest('.menu')) return
  if (event.key === ' ') {
    event.preventDefault()
    if (lifted) drop()
    else lift(card)
    return
  }
  if (!lifted) return
  if (event.key === 'Escape') {
    event.preventDefault()
    putBack()
  }
  const sign = document.documentElement.dir === 'rtl' ? -1 : 1
  const way = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-sign, 0], ArrowRight: [sign, 0] }[event.key]
  if (!way) return
  event.preventDefault()
  shift(board, way)
}

function lift(card) {
  const list = card.parentElement
  const next = card.nextElementSibling
  const help = element(
    'div',
    { class: 'lift-help' },
    icon('keyboard'),
    element('b', {}, say('lifted', { name: nameOf(card) })),
    element('span', {}, say('lift_keys')),
  )
  document.body.append(help)
  card.classList.add('lifted')
  lifted = {
    card,
    help,
    origin: laneOf(card),
    home: () => list.insertBefore(card, next),
    isHome: () => card.parentElement === list && card.nextElementSibling === next,
  }
  announce(`${say('lifted', { name: nameOf(card) })} ${say('lift_keys')}`)
}

function shift(board, [across, down]) {
  const { card } = lifted
  const list = card.parentElement
  keepingFocus(card, () => {
    if (down < 0 && isOrdered(board) && card.previousElementSibling?.matches('.card')) list.insertBefore(card, card.previousElementSibling)
    if (down > 0 && isOrdered(board) && card.nextElementSibling?.matches('.card')) list.insertBefore(card.nextElementSibling, card)
    const lanes = lanesOf(board).filter((lane) => lane === laneOf(card) || !lane.hasAttribute('data-closed'))
    const target = across ? lanes[lanes.indexOf(laneOf(card)) + across]?.querySelector('.cards') : undefined
    if (target) target.insertBefore(card, cardsOf(target)[cardsOf(list).indexOf(card)] ?? target.querySelector('.more'))
  })
  card.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  announce(say('at', { column: laneName(laneOf(card)), ...positionOf(card) }))
}

function positionOf(card) {
  const siblings = cardsOf(card.parentElement)
  return { position: siblings.indexOf(card) + 1, count: siblings.length }
}

function drop() {
  const { card, origin, home, isHome } = lifted
  letGo()
  if (!isHome()) send(card, origin, home)
}

function putBack() {
  const { card, home } = lifted
  keepingFocus(card, home)
  letGo()
  announce(say('put_back', { name: nameOf(card) }))
}

function letGo() {
  lifted.card.classList.remove('lifted')
  lifted.help.remove()
  lifted = undefined
}

/** Spoken, not shown. */
function announce(text) {
  let voice = document.getElementById('voice')
  if (!voice) {
    voice = element('div', { id: 'voice', class: 'heard', 'aria-live': 'assertive' })
    document.body.append(voice)
  }
  voice.textContent = text
}
