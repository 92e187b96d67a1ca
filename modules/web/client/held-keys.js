/** Keys for a box that is still on its way: kept, and typed into it when it has come; else a letter would be a shortcut of the page. */

/** @type {string[] | undefined} */
let held
/** For how many things they are kept: what was asked for may ask for more. */
let waits = 0

/**
 * @template Found
 * @param {Promise<Found>} coming ends when what was asked for has the focus, or will not come
 * @returns {Promise<Found>}
 */
export async function keepKeysFor(coming) {
  held ??= []
  waits += 1
  try {
    return await coming
  } finally {
    waits -= 1
    const keys = waits === 0 ? (held ?? []) : []
    if (waits === 0) held = undefined
    // As if they were pressed now: into the chosen text, to be undone, heard by whoever listens to the box; nothing where there is none.
    if (keys.length > 0) document.execCommand('insertText', false, keys.join(''))
  }
}

document.addEventListener(
  'keydown',
  (event) => {
    if (!held || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape') held.length = 0
    else if (event.key === 'Backspace') held.pop()
    else if (event.key.length === 1) held.push(event.key)
    if (event.key.length > 1 && !/^(Backspace|Enter)$/.test(event.key)) return
    event.preventDefault()
    event.stopImmediatePropagation()
  },
  true,
)
