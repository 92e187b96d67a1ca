// The server says what a field would be called; without this script it does so when the plan is read.
document.addEventListener('input', ({ target }) => suggestFrom(target))
// What was typed before this script came.
for (const name of document.querySelectorAll('[data-suggests]')) {
  const label = document.getElementById(name.getAttribute('data-from') ?? '')
  if (label instanceof HTMLInputElement && label.value !== label.defaultValue) suggestFrom(label)
}

async function suggestFrom(label) {
  const name = label instanceof HTMLInputElement ? document.querySelector(`[data-suggests][data-from="${CSS.escape(label.id)}"]`) : null
  if (!(label instanceof HTMLInputElement) || !(name instanceof HTMLInputElement)) return
  const typed = label.value
  try {
    const answer = await fetch(`${name.dataset.suggests}?${new URLSearchParams({ label: typed })}`)
    const suggested = answer.ok ? await answer.text() : ''
    // Answers may come in another order than they were asked for.
    if (label.value === typed) name.placeholder = suggested
  } catch {
    // The field stays as it is, and the plan will say its name.
  }
}
