let asked = 0

/** The heads of the board's columns as they are now; of those that are given the cards too. */
export async function showAnew(board, withCards = []) {
  const mine = ++asked
  const answer = await fetch(location.href, { headers: { 'hx-request': 'true' } })
  if (!answer.ok) return
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  // Whoever asked later knows more.
  if (mine !== asked) return
  const lanes = [...page.querySelectorAll('.lane[data-key]')]
  for (const lane of board.querySelectorAll('.lane[data-key]')) {
    const fresh = lanes.find((each) => each.getAttribute('data-key') === lane.dataset.key)
    if (!fresh) continue
    lane.querySelector('.count').textContent = fresh.querySelector('.count').textContent
    lane.querySelector('.progress')?.remove()
    const progress = fresh.querySelector('.progress')
    if (progress) lane.querySelector('header').after(document.adoptNode(progress))
    if (!withCards.includes(lane)) continue
    const cards = [...fresh.querySelector('.cards').children]
    lane.querySelector('.cards').replaceChildren(...cards.map((card) => document.adoptNode(card)))
  }
}
