import { element, say } from './words.js'

/**
 * Many-to-one. The server sends a `<select>`; over a `search` address it becomes a box to type into.
 * The select stays, hidden, as the one that carries the value.
 */
class RelationField extends HTMLElement {
  connectedCallback() {
    this.upgrade()
    // A refresh of the form brings the plain select back.
    this.watcher = new MutationObserver(() => this.upgrade())
    this.watcher.observe(this, { childList: true, subtree: true })
  }

  disconnectedCallback() {
    this.watcher?.disconnect()
  }

  upgrade() {
    const select = this.querySelector('select')
    if (!select || !this.hasAttribute('search') || this.querySelector('[role="combobox"]')) return
    this.select = select
    const id = select.id
    const list = `${id}-offers`
    this.input = /** @type {HTMLInputElement} */ (
      element('input', {
        class: 'control',
        id,
        type: 'text',
        role: 'combobox',
        autocomplete: 'off',
        placeholder: '–',
        'aria-expanded': 'false',
        'aria-controls': list,
        'aria-autocomplete': 'list',
      })
    )
    for (const name of ['aria-invalid', 'aria-describedby']) {
      if (select.hasAttribute(name)) this.input.setAttribute(name, select.getAttribute(name))
    }
    if (select.required) this.input.setAttribute('aria-required', 'true')
    this.offers = element('div', { class: 'offers', role: 'listbox', id: list, 'aria-label': say('search_more'), hidden: '' })
    const wasThere = document.activeElement === select
    select.id = `${id}-value`
    select.hidden = true
    select.after(this.input, this.offers)
    this.showChosen()
    this.input.addEventListener('input', () => this.ask())
    this.input.addEventListener('click', () => this.ask(true))
    this.input.addEventListener('keydown', (event) => this.press(event))
    this.input.addEventListener('blur', () => this.settle())
    // Pressing an offer must not blur the box first.
    this.offers.addEventListener('pointerdown', (event) => {
      event.preventDefault()
      this.choose(event.target.closest('[role="option"]'))
    })
    // Whoever was quicker than this script goes on in the box, not on the page, where letters are shortcuts.
    if (wasThere) this.input.focus()
  }

  showChosen() {
    // A select that holds all there is, is no box to type into.
    if (!this.input) return
    const [chosen] = this.select.selectedOptions
    this.input.value = this.select.value ? (chosen?.textContent ?? '') : ''
  }

  /** @param {boolean} [everything] opened without typing: the chosen name is no search */
  ask(everything = false) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.search(everything ? '' : this.input.value.trim()), everything ? 0 : 150)
  }

  async search(text) {
    this.request?.abort()
    this.request = new AbortController()
    const address = new URL(this.getAttribute('search'), location.href)
    address.searchParams.set('q', text)
    try {
      const answer = await fetch(address, { headers: { accept: 'application/json' }, signal: this.request.signal })
      if (answer.ok) this.offer((await answer.json()).data, text)
    } catch (problem) {
      // A newer search stopped this one, or there is no network: the offers simply stay as they are.
      if (problem.name !== 'AbortError') this.close()
    }
  }

  offer(found, text) {
    if (document.activeElement !== this.input) return
    const option = ({ id, label, detail }) =>
      element(
        'div',
        { role: 'option', 'data-value': id, 'aria-selected': 'false' },
        element('span', {}, label),
        ...(detail ? [element('span', { class: 'meta' }, detail)] : []),
      )
    const offers = found.map(option)
    if (!found.length)
      offers.push(element('div', { role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false', class: 'muted' }, say('no_match')))
    if (text && this.hasAttribute('create')) {
      offers.push(element('div', { role: 'option', 'data-create': text, 'aria-selected': 'false' }, say('create', { name: text })))
    }
    offers.forEach((offer, index) => {
      offer.id = `${this.offers.id}-${index}`
    })
    this.offers.replaceChildren(...offers)
    this.offers.hidden = false
    this.input.setAttribute('aria-expanded', 'true')
    if (text) this.mark(offers[0])
  }

  get marked() {
    return this.offers.querySelector('[aria-selected="true"]')
  }

  mark(offer) {
    this.marked?.setAttribute('aria-selected', 'false')
    if (!offer || offer.ariaDisabled === 'true') return this.input.removeAttribute('aria-activedescendant')
    offer.setAttribute('aria-selected', 'true')
    offer.scrollIntoView({ block: 'nearest' })
    this.input.setAttribute('aria-activedescendant', offer.id)
  }

  press(event) {
    const open = !this.offers.hidden
    const offers = [...this.offers.children]
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!open) return this.ask(true)
      const next = offers.indexOf(this.marked) + (event.key === 'ArrowDown' ? 1 : -1)
      this.mark(offers[(next + offers.length) % offers.length])
    } else if (event.key === 'Enter' && open) {
      event.preventDefault()
      this.choose(this.marked)
    } else if (event.key === 'Escape' && open) {
      event.stopPropagation()
      this.showChosen()
      this.close()
    }
  }

  choose(offer) {
    if (!offer || offer.ariaDisabled === 'true') return
    if (offer.dataset.create) {
      const address = new URL(this.getAttribute('create'), location.href)
      address.searchParams.set('name', offer.dataset.create)
      location.assign(address)
      return
    }
    this.take(offer.dataset.value, offer.firstChild.textContent)
    this.close()
  }

  take(value, label) {
    let option = [...this.select.options].find((known) => known.value === value)
    if (!option) {
      option = new Option(label, value)
      this.select.add(option)
    }
    option.selected = true
    // The round initials and the way to the record belong to the one before.
    this.querySelector('.avatar')?.remove()
    this.querySelector('.goto')?.remove()
    this.querySelector('.slot').classList.remove('has-avatar', 'has-goto')
    this.showChosen()
    this.select.dispatchEvent(new Event('change', { bubbles: true }))
  }

  /** An emptied box means "none"; any other leftover text is taken back. */
  settle() {
    if (!this.input.value.trim() && this.select.value) this.take('', '')
    else this.showChosen()
    this.close()
  }

  close() {
    clearTimeout(this.timer)
    this.offers.hidden = true
    this.input.setAttribute('aria-expanded', 'false')
    this.input.removeAttribute('aria-activedescendant')
  }
}

customElements.define('relation-field', RelationField)
