const special = /[&<>"']/
const everySpecial = /[&<>"']/g
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Makes a text safe inside an element and inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return special.test(text) ? text.replace(everySpecial, (character) => entities[character]!) : text
}

const allowedScheme = /^(?:https?|mailto|tel):/i
const anyScheme = /^[a-z][a-z0-9+.-]*:/i
// Browsers drop these before they read the scheme: "java\nscript:" would slip through otherwise.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is looked for
const dropped = /[\u0000-\u0020\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202f\ufeff]/g

/** The address if a link may carry it (relative, http, https, mailto, tel), otherwise undefined. */
export function safeHref(href: string | undefined): string | undefined {
  if (href === undefined || href === '') return undefined
  const bare = href.replace(dropped, '')
  // "//host" and "\\host" look relative but lead to another site.
  if (/^[\\/]{2}/.test(bare) || bare.startsWith('/\\')) return undefined
  if (anyScheme.test(bare) && !allowedScheme.test(bare)) return undefined
  return href
}
