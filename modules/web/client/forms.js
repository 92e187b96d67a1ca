import { guardedBy, leave } from './leaving.js'
import { say } from './words.js'

/** @type {WeakMap<HTMLFormElement, string>} */
const asStored = new WeakMap()

const guarded = () => [...document.querySelectorAll('form[data-guard]')]

/** Whether a field differs from what the server sent; the anti-forgery token is no field. */
function contentOf(form) {
  return JSON.stringify([...new FormData(form)].filter(([name]) => !name.startsWith('_')))
}

/**
 * The same of what the server sent: somebody may have been quicker than this script, and some browsers fill in again what was typed
 * before the page was loaded anew.
 */
function sentOf(form) {
  return JSON.stringify(
    [...form.elements]
      .filter((field) => field.name && !field.name.startsWith('_') && !field.matches(':disabled, button, fieldset, output'))
      .flatMap((field) => sentBy(field).map((value) => [field.name, value])),
  )
}

function sentBy(field) {
  if (field instanceof HTMLSelectElement) {
    const sent = [...field.options].filter(({ defaultSelected }) => defaultSelected)
    const first = [...field.options].find(({ disabled }) => !disabled)
    return (field.multiple ? sent : [sent.at(-1) ?? first].filter(Boolean)).map(({ value }) => value)
  }
  if (/^(checkbox|radio)$/.test(field.type)) return field.defaultChecked ? [field.value] : []
  return [field.type === 'file' ? {} : field.defaultValue]
}

function isDirty(form) {
  return form.hasAttribute('data-dirty') || asStored.get(form) !== contentOf(form)
}

export function prepareForms() {
  for (const form of guarded()) {
    if (!asStored.has(form)) asStored.set(form, sentOf(form))
    showDirty(form)
  }
  showChoices()
}

function showDirty(form) {
  const dirty = isDirty(form)
  const save = document.querySelector('[data-save]')
  const firm = save && isFirm(save)
  save?.classList.toggle('primary', dirty || firm)
  save?.parentElement.toggleAttribute('data-clean', !dirty && !firm)
  const discard = save?.parentElement.querySelector('[data-discard]')
  if (discard) discard.hidden = !dirty && !firm
  const mark = document.querySelector('[data-unsaved]')
  if (!mark) return
  mark.hidden = !dirty
  const names = changedLabels(form)
  const fields = names.slice(0, 2).join(', ')
  if (fields) mark.lastChild.textContent = say(names.length > 2 ? 'unsaved_more' : 'unsaved', { fields, count: names.length - 2 })
}

/** A new record's button is blue from the start; noted once, as the class itself changes. */
function isFirm(save) {
  save.dataset.firm ??= String(save.classList.contains('primary'))
  return save.dataset.firm === 'true'
}

function changedLabels(form) {
  const before = new Map()
  for (const [name, value] of JSON.parse(asStored.get(form) ?? '[]')) before.set(name, `${before.get(name) ?? ''}\n${value}`)
  const now = new Map()
  for (const [name, value] of new FormData(form)) now.set(name, `${now.get(name) ?? ''}\n${value}`)
  return [...form.querySelectorAll('[data-field]')]
    .filter(({ dataset }) => before.get(dataset.field) !== now.get(dataset.field))
    .map(
      (field) =>
        [...(field.querySelector('label, .label')?.childNodes ?? [])].map(({ textContent }) => textContent.trim()).find(Boolean) ?? '',
    )
    .filter(Boolean)
}

document.addEventListener('input', (event) => {
  const target = /** @type {HTMLInputElement} */ (event.target)
  const form = target.form ?? target
  if (form?.matches('[data-guard]')) showDirty(form)
})

document.addEventListener('change', (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target)
  if (input.form?.matches('[data-guard]')) showDirty(input.form)
  if (input.name?.startsWith('_merge.')) showChoices()
  const choices = input.closest?.('.choices')
  if (choices) showChosen(choices)
})

/** The chips of a many-to-many follow its ticks. */
function showChosen(choices) {
  const summary = choices.querySelector('summary')
  const [words] = summary.children
  const chips = [...choices.querySelectorAll('.popup :checked')].map((tick) => {
    const chip = document.createElement('span')
    chip.className = 'tag'
    chip.textContent = tick.nextElementSibling.textContent
    return chip
  })
  summary.replaceChildren(words, ...chips)
}

/** Save stays off until every conflict is decided. */
function showChoices() {
  const conflict = document.querySelector('[data-conflict]')
  if (!conflict) return
  const open = [...conflict.querySelectorAll('fieldset')].filter((field) => !field.querySelector(':checked')).length
  for (const button of document.querySelectorAll('[data-save-merged], [data-save]')) button.disabled = open > 0
  conflict.querySelector('[data-open-choices]').textContent = open ? say('open_choices', { count: open }) : ''
}

document.addEventListener('click', (event) => {
  const target = /** @type {Element} */ (event.target)
  if (target.closest('[data-discard]')) leave()
  const fix = target.closest('[data-fix]')
  if (fix) {
    const field = document.getElementById(`f-${fix.getAttribute('data-fix')}`)
    if (field && 'value' in field) field.value = fix.getAttribute('data-value')
    field?.dispatchEvent(new Event('change', { bubbles: true }))
    field?.focus()
  }
  const link = target.closest('.alert a[href^="#"]')
  if (link) {
    event.preventDefault()
    reveal(document.getElementById(link.getAttribute('href').slice(1)))
  }
})

/** Opens the tab in which the field is, then goes there. */
function reveal(field) {
  const panel = field?.closest('.panel')
  if (panel) {
    const index = [...panel.parentElement.querySelectorAll(':scope > .panel')].indexOf(panel)
    panel.parentElement.querySelectorAll('.tabs input')[index].checked = true
  }
  field?.scrollIntoView({ block: 'center' })
  field?.focus({ preventScroll: true })
}

document.addEventListener('submit', (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target)
  if (form.matches('[data-guard]')) leave()
})

// Whoever would lose something is asked before the page goes away.
guardedBy(() => guarded().some(isDirty))

/** The red button lights up only when the name was typed. */
document.addEventListener('input', (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target)
  if (!input.matches('[data-expected]')) return
  input.form.querySelector('[data-confirm]').classList.toggle('sure', input.value.trim() === input.dataset.expected)
})

// Whoever was quicker than this script types on where he is.
if (document.activeElement === document.body) document.querySelector('#errors')?.focus()
