/** What channels have in common that speak with a service by HTTP. */
import { Undeliverable } from './channel.ts'

/** What a status other than 2xx means: Undeliverable where the message itself is refused; the way there may be mended. */
export function failureOf(status: number, sentence: string): Error {
  return refused.has(status) ? new Undeliverable(sentence) : new Error(sentence)
}

const refused = new Set([400, 406, 410, 413, 414, 415, 422, 451])

/** A text in parts of so many characters at most, parted between lines or words where that is possible. */
export function inParts(text: string, longest: number): readonly string[] {
  if (text.length <= longest) return [text]
  const room = text.slice(0, longest)
  const end = [room.lastIndexOf('\n'), room.lastIndexOf(' ')].find((at) => at > longest / 2) ?? longest
  // Not between the two halves of a character.
  const at = /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end - 1 : end
  const rest = text.slice(at).trimStart()
  return rest === '' ? [text.slice(0, at)] : [text.slice(0, at), ...inParts(rest, longest)]
}
