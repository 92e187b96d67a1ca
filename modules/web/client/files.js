import { toast } from './toasts.js'
import { csrf, element, icon, say } from './words.js'

/**
 * Files that are chosen, dropped or pasted are sent at once, each by itself: to a record they are attached then and there, with what is
 * being written they wait as drafts until that is sent. Without this script the forms bring them themselves.
 */
const zones = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-takes-files]')])
const inputOf = (zone) => /** @type {HTMLInputElement} */ (zone.querySelector('input[type="file"]'))

export function prepareFiles() {
  for (const zone of zones()) takeChosen(zone)
}

/** Of the tabs of a composer, the one in sight. */
const inSight = (zone) => zone.offsetParent !== null

/** What lies under the pointer takes them; elsewhere on the page the record does. */
function zoneAt(target) {
  const own = target.closest?.('[data-takes-files]') ?? zones().find((zone) => inSight(zone) && zone.closest('.composer')?.contains(target))
  return own ?? zones().find((zone) => zone.dataset.record) ?? zones().find(inSight)
}

const brings = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files')

document.addEventListener('dragover', (event) => {
  const zone = brings(event) && zoneAt(event.target)
  mark(zone || undefined)
  if (!zone) return
  event.preventDefault()
  event.dataTransfer.dropEffect = 'copy'
})
document.addEventListener('dragleave', (event) => event.relatedTarget === null && mark(undefined))
document.addEventListener('drop', (event) => {
  const zone = brings(event) && zoneAt(event.target)
  mark(undefined)
  if (!zone) return
  event.preventDefault()
  sendAll(zone, event.dataTransfer.files)
})
document.addEventListener('paste', (event) => {
  const files = event.clipboardData?.files ?? []
  // What also has a text is a text with a picture of it.
  if (files.length === 0 || event.clipboardData.types.includes('text/plain')) return
  const zone = zoneAt(event.target)
  if (!zone) return
  event.preventDefault()
  sendAll(zone, files)
})
document.addEventListener('click', (event) => {
  const zone = event.target.closest?.('[data-choose-files]')?.closest('[data-takes-files]')
  if (zone) inputOf(zone).click()
})
document.addEventListener('change', (event) => {
  const zone = event.target.matches?.('[data-takes-files] input[type="file"]') && event.target.closest('[data-takes-files]')
  if (zone) takeChosen(zone)
})

/** Also what somebody chose before this script came. */
function takeChosen(zone) {
  const input = inputOf(zone)
  if (input.files.length > 0) sendAll(zone, [...input.files])
  input.value = ''
}

function mark(zone) {
  for (const each of zones()) {
    each.classList.toggle('dropping', each === zone)
    if (each === zone) each.dataset.drop = say('drop_files')
  }
}

/** @type {Set<Promise<unknown>>} */
const underWay = new Set()

function sendAll(zone, files) {
  // One after the other: the first is there soonest.
  let before = Promise.resolve()
  const all = [...files].map((file) => {
    const row = addRow(zone, file)
    before = before.then(() => send(zone, file, row))
    return before
  })
  const done = Promise.all(all).then((sent) => (zone.dataset.record && sent.some(Boolean) ? refresh() : undefined))
  underWay.add(done)
  done.finally(() => underWay.delete(done))
}

function addRow(zone, file) {
  const cancel = element(
    'button',
    { type: 'button', class: 'button quiet small bare', 'aria-label': say('cancel_file', { name: file.name }) },
    icon('x', 'small'),
  )
  const bar = element('progress', { max: '100', value: '0', 'aria-label': say('sending', { name: file.name }) })
  const row = element('li', { class: 'file-item' }, icon('file'), element('bdi', { class: 'cut' }, file.name), bar, cancel)
  rowsOf(zone).append(row)
  return row
}

function rowsOf(zone) {
  const known = zone.querySelector('.file-items.coming')
  if (known) return known
  const rows = element('ul', { class: 'file-items coming' })
  zone.querySelector('footer, .file-form').before(rows)
  return rows
}

/** XMLHttpRequest, since fetch does not tell how far it is. Resolves with whether it is there. */
function send(zone, file, row) {
  const { model, record, drafts } = zone.dataset
  const body = new FormData()
  if (record) {
    body.append('model', model)
    body.append('record', record)
  }
  body.append('files', file, file.name || 'image.png')
  return new Promise((resolve) => {
    if (!row.isConnected) return resolve(false)
    const request = new XMLHttpRequest()
    const button = row.querySelector('button')
    button.onclick = () => {
      request.abort()
      row.remove()
      resolve(false)
    }
    request.upload.onprogress = ({ loaded, total }) => {
      row.querySelector('progress').value = total ? (loaded * 100) / total : 0
    }
    request.onload = () => {
      const answer = parsed(request.responseText)
      const [sent] = request.status === 200 ? answer.data : []
      if (sent) arrived(row, sent, drafts)
      else refused(row, file, answer.detail)
      resolve(Boolean(sent))
    }
    request.onerror = () => {
      refused(row, file)
      resolve(false)
    }
    request.open('POST', '/attachments')
    request.setRequestHeader('x-csrf-token', csrf())
    request.setRequestHeader('accept', 'application/json')
    request.send(body)
  })
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** A draft goes with what is written; until then it can be taken out again. */
function arrived(row, sent, drafts) {
  row.querySelector('progress').remove()
  row.classList.add('sent')
  const button = row.querySelector('button')
  if (!drafts) return button.remove()
  row.append(element('input', { type: 'hidden', name: drafts, value: sent.id }))
  button.setAttribute('aria-label', say('take_out', { name: sent.name }))
  button.onclick = () => {
    row.remove()
    fetch(`/api/attachments/${sent.id}`, { method: 'DELETE', headers: { 'x-csrf-token': csrf() } })
  }
}

function refused(row, file, reason = say('failed')) {
  row.querySelector('progress')?.remove()
  row.classList.add('refused')
  row.querySelector('.cut').after(element('span', { class: 'wrong', role: 'alert' }, reason))
  const button = row.querySelector('button')
  button.setAttribute('aria-label', say('take_out', { name: file.name }))
  button.onclick = () => row.remove()
}

/** The list and the history as they are now; what is typed beside them stays. Refusals stay until they were read. */
async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } })
  if (!answer.ok) return toast(say('failed'), 'error')
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const left = document.querySelectorAll('#files .file-item.refused')
  for (const part of ['#files', '.stream', 'aside.thread:not(.talk)']) {
    const [old, fresh] = [document.querySelector(part), page.querySelector(part)]
    if (old && fresh) old.replaceWith(fresh)
  }
  for (const hidden of document.querySelectorAll('#files [data-needs-script][hidden]')) hidden.removeAttribute('hidden')
  const zone = document.querySelector('#files[data-takes-files]')
  if (zone && left.length > 0) rowsOf(zone).append(...left)
}

/** What is sent before its files are there waits for them. */
document.addEventListener(
  'submit',
  (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target)
    if (!form.matches('[data-drafts]') || underWay.size === 0) return
    event.preventDefault()
    event.stopImmediatePropagation()
    toast(say('wait_for_files'))
    Promise.all(underWay).then(() => form.requestSubmit(event.submitter))
  },
  { capture: true },
)
