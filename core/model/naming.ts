/** Names as code writes them, as tables have them, and as people read them. */

/** `dueAt` -> `due_at`. */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter, at: number) => (at ? '_' : '') + letter.toLowerCase())
}

/** `dueAt` -> "Due at". */
export function labelFrom(name: string): string {
  const words = name.replace(/[_-]/g, ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** `category` -> `categories`. */
export function pluralOf(word: string): string {
  if (/(s|x|z|ch|sh)$/.test(word)) return `${word}es`
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`
}
