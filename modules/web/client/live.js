import { ring } from './bell.js'
import { isOnItsWay } from './saying.js'
import { csrf, element, say } from './words.js'

/** What others do, while one looks. Without this script nothing is missing but that: every page shows what is when it is loaded. */

const tab = crypto.randomUUID()
const asked = new BroadcastChannel('tessera-asked')
const told = new BroadcastChannel('tessera-told')
const talk = () => /** @type {HTMLElement | null} */ (document.querySelector('[data-live]'))
let isRunning = false
let rung = false

/** Once, and again after every swap: the page may show another record. */
export function listen() {
  if (!isRunning) run()
  hello()
}

function run() {
  isRunning = true
  if (typeof SharedWorker === 'function') new SharedWorker(new URL('events-worker.js', import.meta.url), { type: 'module' })
  // Else one of the tabs does it for all; another takes over when it is closed.
  else
    navigator.locks?.request('tessera-events', () =>
      import('./events-hub.js').then(({ runHub }) => runHub()).then(() => new Promise(() => {})),
    )
  setInterval(hello, 25_000)
  addEventListener('pagehide', () => asked.postMessage({ tab }))
  addEventListener('pageshow', ({ persisted }) => persisted && hello())
  told.addEventListener('message', ({ data }) => heard(data))
}

function hello() {
  const record = talk()?.dataset.live
  asked.postMessage({ tab, watch: record ? [record] : [] })
}

function heard(news) {
  if (news.is === 'hub') hello()
  if (news.is === 'bell') {
    // The first is the state, which the page has just shown.
    if (rung) ring()
    rung = true
  }
  const here = talk()
  if (!here || news.record !== here.dataset.live) return
  if (news.is === 'presence') showPresence(here, news.people)
  if (news.is === 'record' && (news.changed || news.said !== here.dataset.said || String(news.version) !== here.dataset.version))
    refresh(here, news)
}

function showPresence(here, people) {
  const box = here.querySelector('[data-presence]')
  box.hidden = people.length === 0
  box.replaceChildren(
    ...people.map(({ name, replying }) =>
      element('span', replying ? { class: 'writing' } : {}, say(replying ? 'writing' : 'viewing', { name })),
    ),
  )
}

/** What was said and planned is fetched as the page itself would show it; what is being written stays. */
async function refresh(here, { version, said }) {
  const answer = await fetch(location.href, { headers: { 'hx-request': 'true', accept: 'text/html' } }).catch(() => undefined)
  if (!answer?.ok || answer.redirected || talk() !== here || isOnItsWay()) return
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-live]')
  if (!fresh || fresh.getAttribute('data-live') !== here.dataset.live) return
  for (const part of ['.stream > div', '.above', '.talk-follow']) {
    const [old, now] = [here.querySelector(part), fresh.querySelector(part)]
    if (old && now && !old.contains(document.activeElement)) old.replaceWith(document.adoptNode(now))
  }
  here.dataset.said = said
  // The form may hold what was typed: whoever wants the new values asks for them.
  if (String(version) !== here.dataset.version) here.querySelector('[data-changed]').hidden = false
}

let lastTold = 0
document.addEventListener('input', (event) => {
  const box = /** @type {HTMLElement} */ (event.target)
  const record = talk()?.dataset.live
  if (!record || !box.matches('[data-composer] textarea') || Date.now() - lastTold < 6_000) return
  lastTold = Date.now()
  fetch('/events/replying', {
    method: 'POST',
    body: new URLSearchParams({ record }),
    headers: { 'x-csrf-token': csrf(), accept: 'application/json' },
  }).catch(() => undefined)
})
