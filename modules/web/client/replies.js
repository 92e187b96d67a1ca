import { insert, offerIn, offerNow } from './offers.js'
import { toast } from './toasts.js'
import { element, say } from './words.js'

/** Saved replies are offered behind a slash, as they would stand in the text: filled in by the server, to be looked at before they are sent. */

offerIn({
  within: '[data-replies] textarea',
  begun: /(?:^|\s)\/((?:[^\s/][^\n/]{0,40})?)$/u,
  sign: 1,
  label: say('replies'),
  ask: repliesFor,
  shown: ({ name, text }) => [element('b', {}, name), element('span', { class: 'muted cut', dir: 'auto' }, text.slice(0, 200))],
  text: ({ text }) => text,
  taken: ({ empty }) => empty.length > 0 && toast(say('unfilled', { fields: empty.join(', ') })),
})

/** Whether the last question came to nothing because the server did not answer it. */
let isUnanswered = false

async function repliesFor(box, q) {
  const address = box.closest('[data-replies]').getAttribute('data-replies')
  const query = new URLSearchParams({ q, ...(box.form.matches('.internal') && { as: 'note' }) })
  const answer = await fetch(`${address}?${query}`, { headers: { accept: 'application/json' } }).catch(() => undefined)
  isUnanswered = !answer?.ok
  return isUnanswered ? undefined : (await answer.json()).data
}

/** For whoever pressed the button: as if he had typed the slash, which goes again where nothing is offered behind it. */
export async function askReplies(box) {
  const { selectionStart: at, selectionEnd: end, value } = box
  const slash = /(^|\s)$/.test(value.slice(0, at)) ? '/' : ' /'
  insert(box, slash, at, end)
  if (await offerNow(box)) return
  if (isUnanswered) toast(say('failed'), 'error')
  else toast(say('no_replies'))
  if (!box.value.startsWith(slash, at)) return
  // He may have gone on elsewhere meanwhile.
  const now = document.activeElement
  insert(box, value.slice(at, end), at, at + slash.length)
  now.focus()
}
