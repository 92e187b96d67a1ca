import { offerIn } from './offers.js'
import { element, say } from './words.js'

/** Colleagues are offered behind an `@`, and where one is asked for; who is meant is found by the server, from the text alone. */

const quietMs = 120
let asked = 0
let waiting = 0

async function people(address, q) {
  const mine = ++asked
  const answer = await fetch(`${address}?${new URLSearchParams({ q })}`, { headers: { accept: 'application/json' } }).catch(() => undefined)
  if (!answer?.ok || mine !== asked) return undefined
  return (await answer.json()).data
}

offerIn({
  within: '[data-people] textarea',
  begun: /(?:^|[^\p{L}\p{N}_.@])@([\p{L}\p{N}][\p{L}\p{N}_.'’@-]*(?: [\p{L}\p{N}_.'’-]*){0,3}|)$/u,
  sign: 0,
  label: say('colleagues'),
  ask: (box, q) => people(box.closest('[data-people]').getAttribute('data-people'), q),
  shown: ({ name, email }) => [element('b', {}, name), ' ', element('span', { class: 'muted' }, email)],
  text: ({ as }) => `${as} `,
})

document.addEventListener('input', ({ target }) => fillSoon(/** @type {Element} */ (target)))
// Whoever is quick has begun to type before this was loaded.
if (document.activeElement) fillSoon(document.activeElement)

function fillSoon(input) {
  if (!input.matches('[data-colleagues]')) return
  clearTimeout(waiting)
  waiting = setTimeout(() => fill(input), quietMs)
}

async function fill(input) {
  const found = await people(input.dataset.colleagues, input.value)
  if (found) input.list.replaceChildren(...found.map(({ name, email, as }) => element('option', { value: as }, `${name} ${email}`)))
}
