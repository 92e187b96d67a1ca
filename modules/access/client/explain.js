// Which actions there are follows from the model: they are asked for once there is somebody to ask about.
for (const choice of document.querySelectorAll('select[data-explains]')) {
  choice.addEventListener('change', () => {
    const form = choice.form
    if (form?.elements.namedItem('user')?.value) form.requestSubmit()
  })
}

// The text lies in the page already; without this script the link opens it.
for (const link of document.querySelectorAll('[data-copies]')) {
  link.addEventListener('click', async (event) => {
    const text = document.getElementById(link.dataset.copies ?? '')?.textContent
    if (!text || !navigator.clipboard) return
    event.preventDefault()
    const said = document.getElementById('explain-copied')
    try {
      await navigator.clipboard.writeText(text)
      if (said) {
        said.textContent = said.dataset.text ?? ''
        said.classList.remove('heard')
      }
    } catch {
      location.assign(link.href)
    }
  })
}
