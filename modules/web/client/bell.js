/** The bell opens a menu of the latest; without this script its link leads to the page with all. */

const link = () => /** @type {HTMLElement | null} */ (document.querySelector('[data-bell]'))
const menuOf = (bell) => bell.parentElement.querySelector('.popup')

function close(bell = link()) {
  if (!bell) return
  menuOf(bell)?.remove()
  bell.removeAttribute('aria-expanded')
}

async function latest(bell) {
  const answer = await fetch(bell.dataset.bell, { headers: { accept: 'text/html' } }).catch(() => undefined)
  if (!answer?.ok) return undefined
  const menu = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('.popup')
  if (menu) count(bell, Number(menu.getAttribute('data-count')))
  return menu ?? undefined
}

function count(bell, unread) {
  const shown = bell.querySelector('.bell-count')
  shown.textContent = String(unread)
  shown.hidden = unread === 0
}

/** Something was told or read, here or elsewhere: the number, and the menu where it is open. */
export async function ring() {
  const bell = link()
  if (!bell) return
  const menu = await latest(bell)
  if (menu && menuOf(bell)) menuOf(bell).replaceWith(menu)
}

document.addEventListener('click', async (event) => {
  const bell = /** @type {Element} */ (event.target).closest('[data-bell]')
  if (!bell) {
    if (!(/** @type {Element} */ (event.target).closest('.bell'))) close()
    return
  }
  if (event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  if (menuOf(bell)) return close(bell)
  const menu = await latest(bell)
  if (!menu) return location.assign(bell.href)
  bell.after(menu)
  bell.setAttribute('aria-expanded', 'true')
  menu.querySelector('button, a')?.focus()
})

document.addEventListener('keydown', (event) => {
  const bell = link()
  const menu = bell && menuOf(bell)
  if (!menu?.contains(document.activeElement)) return
  if (event.key === 'Escape') {
    close(bell)
    bell.focus()
    event.stopPropagation()
  }
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const items = [...menu.querySelectorAll('.item')]
    const next = items.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)
    items[(next + items.length) % items.length]?.focus()
    event.preventDefault()
  }
})
