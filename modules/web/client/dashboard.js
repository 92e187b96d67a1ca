import { toast } from './toasts.js'
import { csrf, say } from './words.js'

const prepared = new WeakSet()

/** Cards are dragged by their heads; without a pointer the menu of a card moves it. */
export async function prepareDashboard() {
  const cards = document.querySelector('[data-dashboard]')
  if (!cards || prepared.has(cards)) return
  prepared.add(cards)
  await import(cards.getAttribute('data-dashboard'))
  cards.classList.add('sorts')
  let home
  window.Sortable.create(cards, {
    draggable: '.dash-card',
    handle: 'header',
    filter: '.menu',
    preventOnFilter: false,
    ghostClass: 'gap',
    animation: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 160,
    delay: 200,
    delayOnTouchOnly: true,
    onStart: ({ item }) => {
      home = item.nextElementSibling
    },
    onEnd: ({ item, oldIndex, newIndex }) => {
      if (oldIndex !== newIndex) send(item, () => cards.insertBefore(item, home))
    },
  })
}

/** Tells the server; a refusal brings the card home and says why. */
async function send(card, putBack) {
  const name = card.querySelector('h2').textContent.trim()
  const refuse = (reason) => {
    putBack()
    toast(reason, 'error')
  }
  try {
    const body = new URLSearchParams({ before: card.nextElementSibling?.id ?? '', _csrf: csrf() })
    const answer = await fetch(card.dataset.move, {
      method: 'POST',
      body,
      headers: { accept: 'application/json', 'x-csrf-token': csrf() },
    })
    if (answer.ok) return toast(say('card_moved', { name }), 'success')
    const told = await answer.json().catch(() => ({}))
    refuse(say('refused', { name, reason: told.detail ?? told.title ?? answer.statusText }))
  } catch {
    refuse(say('failed'))
  }
}
