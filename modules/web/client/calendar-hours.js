import { moveEntry, prepareCalendar } from './calendar.js'

const quarters = 96

/** Entries in the hours are dragged to another time and day, by steps of a quarter; without a pointer the menu of an entry asks. */
export function prepareHours(calendar) {
  showMorning(calendar)
  followClock(calendar)
  for (const entry of calendar.querySelectorAll('.timed .entry[data-move]')) {
    entry.addEventListener('pointerdown', (event) => grab(calendar, entry, event))
    // The browser would carry the link away.
    entry.addEventListener('dragstart', (event) => event.preventDefault())
  }
}

const startOf = (entry) => Number(/\bstarts-(\d+)/.exec(entry.className)?.[1] ?? 0)

/** What begins earlier is in sight as well; where the reader was before, he stays. */
function showMorning(calendar) {
  const list = calendar.querySelector('.timed')
  if (!list || calendar.scrollTop > 0 || getComputedStyle(list).display !== 'grid') return
  const first = Math.min(Number(calendar.dataset.begins), ...[...calendar.querySelectorAll('.timed .entry')].map(startOf).filter(Boolean))
  calendar.scrollTop = Math.max(0, (first / quarters) * list.clientHeight - 8)
}

/** The line goes on with the time, as long as its day is shown. */
function followClock(calendar) {
  const line = calendar.querySelector('[data-now]')
  const began = Date.now()
  const timer = setInterval(() => {
    if (!line?.isConnected) return clearInterval(timer)
    const at = Number(line.dataset.now) + Math.floor((Date.now() - began) / 900_000)
    if (at >= quarters) line.remove()
    else line.className = `now-line starts-${at}`
  }, 60_000)
}

function grab(calendar, entry, event) {
  // A finger scrolls; and the menu of an entry is no handle.
  if (event.button || event.pointerType === 'touch' || event.target.closest('.move')) return
  const list = entry.closest('.timed')
  if (getComputedStyle(list).display !== 'grid') return
  // What goes on from the day before is moved where it begins.
  if (entry.querySelector('form').elements.to.value.slice(0, 10) !== list.closest('[data-day]').dataset.day) return
  const home = { list, before: entry.nextSibling, classes: entry.className }
  const held = (event.clientY - entry.getBoundingClientRect().top) / (list.clientHeight / quarters)
  let to
  const move = ({ clientX, clientY }) => {
    if (!to && Math.hypot(clientX - event.clientX, clientY - event.clientY) < 5) return
    const over = [...calendar.querySelectorAll('.timed')].find((each) => {
      const { left, right } = each.getBoundingClientRect()
      return clientX >= left && clientX < right
    })
    const day = over ?? to?.list ?? list
    const { top, height } = day.getBoundingClientRect()
    const lasts = Number(entry.dataset.lasts)
    const at = Math.round((clientY - top) / (height / quarters) - held)
    to = { list: day, at: Math.max(0, Math.min(quarters - Math.min(lasts, quarters), at)) }
    if (entry.parentElement !== day) day.append(entry)
    entry.className = `${home.classes.replace(/ (starts|lane)-[\d-]+/g, '')} starts-${to.at} lane-1-1 dragged`
  }
  const end = async ({ type }) => {
    for (const [name, listener] of Object.entries(listeners)) removeEventListener(name, listener)
    if (!to) return
    // What was dragged is not opened.
    addEventListener('click', stop, { capture: true, once: true })
    setTimeout(() => removeEventListener('click', stop, { capture: true }))
    entry.classList.remove('dragged')
    const day = to.list.closest('[data-day]')
    const time = `${String(Math.floor(to.at / 4)).padStart(2, '0')}:${String((to.at % 4) * 15).padStart(2, '0')}`
    const isElsewhere = to.list !== list || to.at !== startOf({ className: home.classes })
    const place = `${day.querySelector('h3 a').getAttribute('aria-label')}, ${time}`
    const taken = type === 'pointerup' && isElsewhere && (await moveEntry(entry, `${day.dataset.day}T${time}`, place))
    if (taken) return showAgain(calendar)
    home.list.insertBefore(entry, home.before)
    entry.className = home.classes
  }
  const giveUp = ({ key }) => key === 'Escape' && end({ type: 'escape' })
  const listeners = { pointermove: move, pointerup: end, pointercancel: end, keydown: giveUp }
  for (const [name, listener] of Object.entries(listeners)) addEventListener(name, listener)
}

function stop(event) {
  event.preventDefault()
  event.stopPropagation()
}

/** What stands side by side is for the server to say. */
async function showAgain(calendar) {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => undefined)
  if (!answer?.ok || answer.redirected || !calendar.isConnected) return
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-calendar]')
  if (!fresh) return
  const top = calendar.scrollTop
  calendar.replaceWith(document.adoptNode(fresh))
  fresh.scrollTop = top
  prepareCalendar()
}
