import { say } from './words.js'

/** Whether the page may go away. Pages on which nothing can be lost have nobody who guards them. */
let wouldLose = () => false
let leaving = false

/** @param {() => boolean} isDirty whether something on the page is not saved */
export function guardedBy(isDirty) {
  wouldLose = isDirty
}

/** Whether one may go away: nothing would be lost, or it was said that it may. */
export const mayLeave = () => !wouldLose() || window.confirm(say('leave'))
/** What is not saved was given up, or is saved. */
export function leave() {
  leaving = true
}
export function stay() {
  leaving = false
}

/** Only the browser's own question can stop a page from going away; its words are not ours. */
addEventListener('beforeunload', (event) => {
  if (!leaving && wouldLose()) event.preventDefault()
  leaving = false
})

/** A swap is no unload, so it is asked about here. */
document.addEventListener('htmx:confirm', (event) => {
  const source = event.detail.ctx?.sourceElement ?? event.target
  if (source.matches?.('[data-guard]') || mayLeave()) return
  event.preventDefault()
})
