import { showAnew } from './lanes.js'
import { toast } from './toasts.js'
import { csrf, say } from './words.js'

/** Opens the form at the head of a column; where there is none, the whole form. */
export async function openQuick(link, { announce }) {
  const lane = link.closest('.lane')
  const open = document.querySelector('form.quick')
  if (open && lane.contains(open)) return focusFirst(open)
  const html = await answerOf(link.dataset.quick).catch(() => undefined)
  if (!html) return location.assign(link.href)
  open?.remove()
  put(lane, html)
  const close = () => {
    lane.querySelector('form.quick')?.remove()
    link.focus()
  }
  // The form is put there anew after each record; what listens is the column.
  if (listened.has(lane)) return
  listened.add(lane)
  lane.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented || !event.target.closest('form.quick')) return
    event.preventDefault()
    close()
  })
  lane.addEventListener('click', (event) => {
    const form = event.target.closest('form.quick')
    if (!form) return
    if (event.target.closest('[data-close]')) close()
    const whole = event.target.closest('[data-whole]')
    if (whole) whole.href = `${whole.getAttribute('href').split('&')[0]}&${typedIn(form)}`
  })
  lane.addEventListener('submit', (event) => {
    if (!event.target.matches('form.quick')) return
    event.preventDefault()
    save(lane, event.target, announce)
  })
}

const listened = new WeakSet()

async function answerOf(address) {
  const answer = await fetch(address, { headers: { 'hx-request': 'true' } })
  return answer.ok ? answer.text() : undefined
}

function put(lane, html) {
  lane.querySelector('form.quick')?.remove()
  lane.querySelector('.cards').insertAdjacentHTML('beforebegin', html)
  const form = lane.querySelector('form.quick')
  // The scripts of its controls come with the first form.
  form.dispatchEvent(new Event('asked', { bubbles: true }))
  focusFirst(form)
}

function focusFirst(form) {
  const wrong = form.querySelector('[aria-invalid="true"]:not([hidden])')
  const first = wrong ?? form.querySelector(':is(input, select, textarea):not([type="hidden"], [hidden])')
  first?.focus()
}

function typedIn(form) {
  const typed = [...new FormData(form)].filter(([, value]) => value !== '')
  return new URLSearchParams(/** @type {string[][]} */ (typed))
}

async function save(lane, form, announce) {
  if (form.ariaBusy === 'true') return
  form.ariaBusy = 'true'
  try {
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form)))
    const headers = { 'hx-request': 'true', 'x-csrf-token': csrf() }
    const answer = await fetch(form.action, { method: 'POST', body, headers })
    const html = await answer.text()
    if (!html.includes('class="quick"')) throw new Error(answer.statusText)
    put(lane, html)
    if (!answer.ok) return
    await showAnew(lane.closest('.board'), [lane])
    announce(say('added', { column: lane.querySelector('h2').textContent.trim() }))
  } catch {
    form.ariaBusy = 'false'
    toast(say('failed'), 'error')
  }
}
