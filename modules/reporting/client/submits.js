// A choice is taken at once; without this script the button beside it does the same.
for (const choice of document.querySelectorAll('[data-submits]')) {
  choice.addEventListener('change', () => choice.form?.requestSubmit())
  choice.form?.querySelector('.figures-apply')?.setAttribute('hidden', '')
}
