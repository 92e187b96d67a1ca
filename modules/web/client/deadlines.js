import { icon } from './words.js'

/** Deadlines on an open page go on counting, in the words that the server wrote; without this script they are right as of its time. */

const states = {
  over: ['red', 'alert-triangle'],
  risk: ['amber', 'hourglass'],
  left: ['grey plain', 'clock'],
}
let isRunning = false

export function countDeadlines() {
  show()
  if (isRunning) return
  isRunning = true
  setInterval(show, 10_000)
  document.addEventListener('visibilitychange', show)
}

function show() {
  if (document.hidden) return
  const now = Date.now()
  for (const chip of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-due]'))) showOne(chip, now)
}

function showOne(chip, now) {
  const { due, risk, says } = chip.dataset
  const left = Date.parse(due) - now
  const state = left < 0 ? 'over' : risk && Date.parse(risk) <= now ? 'risk' : 'left'
  const [over, remaining, ...spans] = JSON.parse(says)
  const words = (left < 0 ? over : remaining).replace('{time}', spanOf(left / 60_000, spans))
  const label = chip.querySelector('.counts')
  if (label.textContent !== words) label.textContent = words
  if (chip.dataset.state === state) return
  chip.dataset.state = state
  const [look, sign] = states[state]
  chip.className = `badge ${look}`
  chip.querySelector('.icon').replaceWith(icon(sign, 'small'))
}

/** As server/deadline.ts says it. */
function spanOf(span, [daysHours, days, hoursMinutes, hours, onlyMinutes]) {
  const minutes = Math.max(1, span < 0 ? Math.floor(-span) : Math.ceil(span))
  const number = new Intl.NumberFormat(document.documentElement.lang)
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => number.format(values[name]))
  if (minutes < 60) return fill(onlyMinutes, { minutes })
  if (minutes < 2_880) {
    const values = { hours: Math.floor(minutes / 60), minutes: minutes % 60 }
    return fill(values.minutes === 0 ? hours : hoursMinutes, values)
  }
  const values = { days: Math.floor(minutes / 1_440), hours: Math.floor((minutes % 1_440) / 60) }
  return fill(values.hours === 0 || values.days >= 10 ? days : daysHours, values)
}
