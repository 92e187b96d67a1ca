import { toast } from './toasts.js'
import { csrf, element, say } from './words.js'

const prepared = new WeakSet()

/** Entries are dragged to another day; without a pointer the menu of an entry asks for the day. */
export async function prepareCalendar() {
  const calendar = document.querySelector('[data-calendar]')
  if (!calendar || prepared.has(calendar)) return
  prepared.add(calendar)
  bringStyle(calendar.dataset.style)
  // An agenda leaves out the days that something could be dragged to.
  if (calendar.matches('.agenda')) return
  await import(calendar.getAttribute('data-calendar'))
  for (const list of calendar.querySelectorAll('.entries')) makeSortable(list)
  if (calendar.matches('.with-hours')) import('./calendar-hours.js').then(({ prepareHours }) => prepareHours(calendar))
}

/** A page that became a calendar by a swap came without its style. */
function bringStyle(href) {
  if ([...document.styleSheets].some((sheet) => sheet.href?.endsWith(href))) return
  document.head.append(element('link', { rel: 'stylesheet', href }))
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
  const told = await moveEntry(entry, day.dataset.day, day.querySelector('h3 a').getAttribute('aria-label'))
  if (!told) return home()
  day.classList.remove('free')
  if (!origin.querySelector('.entry, .more-entries')) origin.classList.add('free')
  const form = entry.querySelector('form')
  if (!form) return
  // An instant keeps its time of day.
  form.elements.to.value = day.dataset.day + form.elements.to.value.slice(10)
  if (form.elements._version) form.elements._version.value = entry.dataset.version
}

/** Whether the server took it; what it says is shown. */
export async function moveEntry(entry, to, place) {
  const body = new URLSearchParams({ to, _csrf: csrf(), _version: entry.dataset.version ?? '' })
  const name = entry.querySelector('.entry-title').textContent.trim()
  entry.classList.add('waiting')
  try {
    const answer = await fetch(entry.dataset.move, {
      method: 'POST',
      body,
      headers: { accept: 'application/json', 'x-csrf-token': csrf() },
    })
    const told = await answer.json().catch(() => ({}))
    if (!answer.ok) {
      toast(say('refused', { name, reason: told.detail ?? told.title ?? answer.statusText }), 'error')
      return false
    }
    if (told.version !== undefined) entry.dataset.version = String(told.version)
    toast(say('moved_to', { name, day: place }), 'success')
    return true
  } catch {
    toast(say('failed'), 'error')
    return false
  } finally {
    entry.classList.remove('waiting')
  }
}
