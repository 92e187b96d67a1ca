/** Where the reader was: scroll positions per address, and the focus across a swap. */

const boxes = () => [...document.querySelectorAll('[data-scroll]')]
const key = () => `place:${location.pathname}${location.search}`

const tops = () => Object.fromEntries(boxes().map((box) => [box.getAttribute('data-scroll'), [box.scrollTop, box.scrollLeft]]))

function storeScroll(address = key()) {
  sessionStorage.setItem(address, JSON.stringify(tops()))
}

function restoreScroll(places = JSON.parse(sessionStorage.getItem(key()) ?? '{}')) {
  for (const box of boxes()) {
    const [top, left] = places[box.getAttribute('data-scroll')] ?? []
    if (top !== undefined) box.scrollTo({ top, left, behavior: 'instant' })
  }
}

// Noted while scrolling: when the reader goes back, the address has changed before anybody is asked.
let noting = 0
document.addEventListener(
  'scroll',
  () => {
    const address = key()
    clearTimeout(noting)
    noting = setTimeout(() => address === key() && storeScroll(address), 120)
  },
  { capture: true, passive: true },
)
addEventListener('pagehide', () => storeScroll())

let goingBack = false
addEventListener('popstate', () => {
  goingBack = true
})

// A breadcrumb leads back as well: to the list as it was left.
document.addEventListener('click', (event) => {
  const crumb = /** @type {Element} */ (event.target).closest?.('.crumbs a')
  if (!crumb || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return
  const { pathname, search } = new URL(crumb.href)
  sessionStorage.setItem('back', `place:${pathname}${search}`)
})

/** @type {{ id: string, value?: string, start?: number | null, end?: number | null } | undefined} */
let focus
/** A menu of choices stays open while one chooses: its id, and the words of the choice. */
let choosing
/** Where the list stood that comes again with more or less in it. */
let kept

/** Before a swap. */
export function keepFocus() {
  const active = document.activeElement
  const menu = active?.closest('[data-stays]')?.closest('details')
  choosing = menu && { id: menu.querySelector('summary').id, words: active.textContent }
  kept = active?.hasAttribute('data-keeps-place') ? tops() : undefined
  focus = active?.id && active.id !== 'main' ? { id: active.id } : undefined
  if (focus && active instanceof HTMLInputElement && /^(text|search|tel|url)$/.test(active.type)) {
    focus = { id: active.id, value: active.value, start: active.selectionStart, end: active.selectionEnd }
  }
}

/** After a swap: the focus stays where it was, with what was typed meanwhile; else it goes to the new content. */
export function restorePlace() {
  const again = focus && document.getElementById(focus.id)
  if (again) {
    if (document.activeElement !== again) again.focus({ preventScroll: true })
    if (again instanceof HTMLInputElement && focus.value !== undefined) {
      if (again.value !== focus.value) again.value = focus.value
      again.setSelectionRange(focus.start, focus.end)
    }
  } else if (document.activeElement === document.body) {
    document.getElementById('main')?.focus({ preventScroll: true })
  }
  const menu = choosing && document.getElementById(choosing.id)?.closest('details')
  if (menu) {
    menu.open = true
    ;[...menu.querySelectorAll('.item')].find(({ textContent }) => textContent === choosing.words)?.focus({ preventScroll: true })
  }
  if (goingBack || kept) restoreScroll(goingBack ? undefined : kept)
  goingBack = false
}

const [arrival] = performance.getEntriesByType('navigation')
if ((arrival && arrival.type !== 'navigate') || sessionStorage.getItem('back') === key()) restoreScroll()
sessionStorage.removeItem('back')

/** The sidebar never jumps, whatever page comes. */
const side = document.querySelector('[data-scroll="side"]')
if (side) {
  side.scrollTop = Number(sessionStorage.getItem('side') ?? 0)
  addEventListener('pagehide', () => sessionStorage.setItem('side', String(side.scrollTop)))
}
