import type { PersonTone } from './screens.ts'

const tones: readonly PersonTone[] = ['a', 'b', 'c', 'd', 'e']

/** The same quiet ground for the same name, everywhere. */
export function toneOf(name: string): PersonTone {
  let sum = 0
  for (const character of name) sum = (sum * 31 + character.codePointAt(0)!) % 9973
  return tones[sum % tones.length]!
}

/** First letters of the first and last word: "Ana Kovač" is "AK", "Museum" is "MU". */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/)
  const [first = ''] = words
  const last = words.length > 1 ? words.at(-1)! : ''
  return (last ? first.slice(0, 1) + last.slice(0, 1) : first.slice(0, 2)).toLocaleUpperCase()
}
