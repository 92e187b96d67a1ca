// Without this script the link is a file to keep.
document.addEventListener('click', async (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[data-copies-plan]') : null
  if (!(link instanceof HTMLAnchorElement) || !navigator.clipboard) return
  event.preventDefault()
  try {
    const answer = await fetch(link.href)
    await navigator.clipboard.writeText(await answer.text())
    const said = link.parentElement?.querySelector('[data-copied]')
    const words = said?.getAttribute('data-copied') ?? ''
    if (said) said.textContent = words
    const label = link.querySelector('span')
    if (label) label.textContent = words
  } catch {
    location.assign(link.href)
  }
})
