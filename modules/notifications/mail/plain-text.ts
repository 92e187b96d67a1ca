/** The parts of a template as plain text, placeholders in place: made before values are known, so that no value is ever read as HTML. */
export function plainText(parts: string): string {
  const lines = parts
    .replaceAll(/<!--.*?-->/gs, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/<mj-button\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)<\/mj-button>/g, '\n\n$2: $1\n\n')
    .replaceAll(/<a\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)<\/a>/g, '$2 ($1)')
    .replaceAll(/<br\s*\/?>/g, '\n')
    .replaceAll(/<li\b[^>]*>/g, '\n- ')
    .replaceAll(/<\/(p|mj-text|mj-table|h[1-3]|ul|ol|table|blockquote)>/g, '\n\n')
    .replaceAll(/<\/tr>/g, '\n')
    .replaceAll(/<[^>]*>/g, '')
  return tidy(decoded(lines))
}

/** Without spaces at the ends of lines and without more than one empty line. */
export function tidy(text: string): string {
  return text
    .replaceAll(/[ \t]*\n[ \t]*/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

function decoded(text: string): string {
  return text
    .replaceAll(/&#(\d{1,5});/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}
