/** The few texts that scripts need, rendered by the server in the reader's language. */
const words = JSON.parse(document.body.dataset.words ?? '{}')

/**
 * @param {string} code without its prefix: "selected" is "web.client_selected"
 * @param {Record<string, string | number>} [values]
 */
export function say(code, values = {}) {
  return String(words[code] ?? code).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''))
}

/** The sprite's address, as the page itself uses it. */
const sprite = document.querySelector('.icon use')?.getAttribute('href')?.split('#')[0] ?? ''

/** @param {string} name @param {string} [look] */
export function icon(name, look = '') {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('class', `icon ${look}`)
  svg.setAttribute('aria-hidden', 'true')
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use')
  use.setAttribute('href', `${sprite}#${name}`)
  svg.append(use)
  return svg
}

/**
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

export const csrf = () => document.querySelector('meta[name="csrf"]')?.getAttribute('content') ?? ''
