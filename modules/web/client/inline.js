import { toast } from './toasts.js'
import { csrf, say } from './words.js'

/** Begins with the column that names the record; Tab goes on to the others. */
export async function editRow(row) {
  const cells = row ? [...row.cells] : []
  const title = cells.findIndex((cell) => cell.matches('.title-cell'))
  for (const cell of cells.slice(Math.max(title, 0))) if (await edit(cell)) return
}

/** Puts the control of the form into a cell; false where the value is none that is changed in a list. */
export async function edit(cell) {
  const column = cell.closest('table').tHead.rows[0].cells[cell.cellIndex]?.dataset.column
  const href = cell.parentElement.querySelector('.open')?.getAttribute('href')
  if (!column || !href || cell.querySelector('.cell-edit')) return false
  const address = `${href.split('?')[0]}/cell?${new URLSearchParams({ field: column })}`
  const answer = await fetch(address, { headers: { 'hx-request': 'true' } })
  if (answer.status !== 200) return false
  open(cell, address, await answer.text())
  return true
}

function open(cell, address, html) {
  cell.querySelector('.cell-edit')?.remove()
  cell.classList.add('editing')
  cell.insertAdjacentHTML('beforeend', html)
  const editor = cell.querySelector('.cell-edit')
  editor.dispatchEvent(new Event('asked', { bubbles: true }))
  const control = editor.querySelector(':is(input, select, textarea):not([type="hidden"], [hidden])')
  const before = String(valuesOf(editor))
  let isDone = false
  const close = () => {
    isDone = true
    editor.remove()
    cell.classList.remove('editing')
  }
  const leave = async (next) => {
    if (isDone) return
    isDone = true
    if (String(valuesOf(editor)) === before && !editor.querySelector('.wrong')) close()
    else if (!(await save(cell, editor, address))) return
    if (next) next()
  }
  editor.addEventListener('keydown', (event) => {
    event.stopPropagation()
    if (event.key === 'Escape') {
      close()
      cell.parentElement.querySelector('.open')?.focus()
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault()
      leave(() => cell.parentElement.querySelector('.open')?.focus())
    } else if (event.key === 'Tab') {
      event.preventDefault()
      leave(() => step(cell, event.shiftKey ? 'previousElementSibling' : 'nextElementSibling'))
    }
  })
  editor.addEventListener('focusout', ({ relatedTarget }) => !editor.contains(relatedTarget) && relatedTarget && leave())
  control?.focus()
  if (control?.matches('input[type="text"], textarea')) control.select()
}

async function step(cell, which) {
  for (let next = cell[which]; next; next = next[which]) if (await edit(next)) return
}

/** What a form of these controls would send. */
function valuesOf(editor) {
  const body = new URLSearchParams()
  for (const control of editor.querySelectorAll('[name]')) {
    if (control.matches('[type="checkbox"], [type="radio"]') ? control.checked : !control.disabled) body.append(control.name, control.value)
  }
  return body
}

async function save(cell, editor, address) {
  try {
    const headers = { 'hx-request': 'true', 'x-csrf-token': csrf() }
    const answer = await fetch(address, { method: 'POST', body: valuesOf(editor), headers })
    const html = await answer.text()
    if (answer.status === 204 || answer.redirected) {
      location.reload()
      return true
    }
    if (answer.ok) {
      cell.classList.remove('editing')
      const shown = cell.querySelector('a.open')
      editor.remove()
      if (shown) shown.innerHTML = html
      else cell.innerHTML = html
      return true
    }
    if (html.includes('cell-edit')) open(cell, address, html)
    else toast(say('failed'), 'error')
  } catch {
    toast(say('failed'), 'error')
  }
  return false
}
