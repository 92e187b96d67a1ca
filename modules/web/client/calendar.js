import { toast } from './toasts.js'
import { csrf, say } from './words.js'

const prepared = new WeakSet()

/** Entries are dragged to another day; without a pointer the menu of an entry asks for the day. */
export async function prepareCalendar() {
  const calendar = document.querySelector('[data-calendar]')
  if (!calendar || prepared.has(calendar)) return
  prepared.add(calendar)
  await import(calendar.getAttribute('data-calendar'))
  for (const list of calendar.querySelectorAll('.entries')) makeSortable(list)
}

function makeSortable(list) {
  window.Sortable.create(list, {
    group: 'days',
    draggable: '.entry[data-move]',
    filter: '.move',
    preventOnFilter: false,
    sort: false,
    animation: 120,
    delay: 150,
    delayOnTouchOnly: true,
    onEnd: ({ item, from, to, oldIndex }) => {
      if (from !== to) send(item, dayOf(from), dayOf(to), () => from.insertBefore(item, from.children[oldIndex] ?? null))
    },
  })
}

const dayOf = (list) => list.closest('[data-day]')

/** Tells the server; a refusal brings the entry home and says why. */
async function send(entry, origin, day, home) {
  const body = new URLSearchParams({ to: day.dataset.day, _csrf: csrf(), _version: entry.dataset.version ?? '' })
  const name = entry.querySelector('.entry-title').textContent.trim()
  const refuse = (reason) => {
    home()
    toast(reason, 'error')
  }
  entry.classList.add('waiting')
  try {
    const answer = await fetch(entry.dataset.move, {
      method: 'POST',
      body,
      headers: { accept: 'application/json', 'x-csrf-token': csrf() },
    })
    const told = await answer.json().catch(() => ({}))
    if (!answer.ok) return refuse(say('refused', { name, reason: told.detail ?? told.title ?? answer.statusText }))
    if (told.version !== undefined) entry.dataset.version = String(told.version)
    day.classList.remove('free')
    if (!origin.querySelector('.entry, .more-entries')) origin.classList.add('free')
    const form = entry.querySelector('form')
    if (form) {
      form.elements.to.value = day.dataset.day
      if (form.elements._version) form.elements._version.value = entry.dataset.version
    }
    toast(say('moved_to', { name, day: day.querySelector('h3 a').getAttribute('aria-label') }), 'success')
  } catch {
    refuse(say('failed'))
  } finally {
    entry.classList.remove('waiting')
  }
}
