/** Which pieces of a text are the words that were looked for, whatever their case and accents. */

export interface Piece {
  readonly text: string
  readonly hit?: boolean
}

/** The words that somebody typed, as they are compared. */
export function wordsIn(q: string): readonly string[] {
  return folded(q).split(/\s+/).filter(Boolean)
}

/** Whether every word stands in the text. */
export function holdsAll(text: string, words: readonly string[]): boolean {
  const plain = folded(text)
  return words.every((word) => plain.includes(word))
}

/** The text in pieces, those that were looked for marked. */
export function highlighted(text: string, words: readonly string[]): readonly Piece[] {
  const letters = [...text]
  const hits = new Set<number>()
  // Folding may make one letter two, so each is remembered with its place.
  const plain = letters.flatMap((letter, at) => [...folded(letter)].map((each) => ({ each, at })))
  const line = plain.map(({ each }) => each).join('')
  for (const word of words) {
    for (let found = line.indexOf(word); found >= 0; found = line.indexOf(word, found + word.length)) {
      for (const { at } of [...plain].slice(found, found + word.length)) hits.add(at)
    }
  }
  const pieces: { text: string; hit?: boolean }[] = []
  for (const [at, letter] of letters.entries()) {
    const last = pieces.at(-1)
    if (last && (last.hit === true) === hits.has(at)) last.text += letter
    else pieces.push(hits.has(at) ? { text: letter, hit: true } : { text: letter })
  }
  return pieces
}

const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
