import { element, icon, say } from './words.js'

const stays = 6000

/** Every toast goes after six seconds, unless somebody is looking at it. */
export function prepareToasts() {
  for (const toast of document.querySelectorAll('[data-toast]:not([data-timed])')) {
    toast.setAttribute('data-timed', '')
    toast.querySelector('[data-dismiss]')?.removeAttribute('hidden')
    let timer = 0
    const start = () => {
      timer = window.setTimeout(() => toast.remove(), stays)
    }
    const stop = () => clearTimeout(timer)
    for (const look of ['pointerenter', 'focusin']) toast.addEventListener(look, stop)
    for (const away of ['pointerleave', 'focusout']) toast.addEventListener(away, start)
    start()
  }
}

/** @param {string} text @param {'info' | 'success' | 'error'} [tone] */
export function toast(text, tone = 'info') {
  const close = element(
    'button',
    { type: 'button', class: 'button quiet small bare', 'data-dismiss': '', 'aria-label': say('dismiss') },
    icon('x', 'small'),
  )
  const shown = { info: 'info-circle', success: 'check', error: 'alert-circle' }[tone]
  document
    .querySelector('.toasts')
    ?.append(element('div', { class: `toast ${tone}`, 'data-toast': '' }, icon(shown), element('span', {}, text), close))
  prepareToasts()
}

document.addEventListener('click', (event) => {
  /** @type {Element} */
  event.target.closest('[data-dismiss]')?.closest('[data-toast]')?.remove()
})
