/** Why a plan cannot be executed: in English, with what another language needs to say the same. */
import { type ErrorValues, fill } from '../errors.ts'
import type { Refusal } from './plan.ts'

/** What to do about it: the English, translated under `<code>.hint`; or with a code of its own, where there is more than one advice. */
type Hint = string | readonly [code: string, text: string]

/**
 * `text` has {placeholders} that `values` fill; a list is said as one. Beside `model`, `modelCode` names the translation of that value.
 */
export function refusal(code: string, text: string, values: ErrorValues = {}, hint?: Hint): Refusal {
  const said = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? listed(value) : value]))
  const [hintCode, hintText] = typeof hint === 'string' ? [`${code}.hint`, hint] : (hint ?? [])
  return {
    code,
    text,
    values,
    sentence: fill(text, said),
    ...(hintText !== undefined && { hint: fill(hintText, said), hintCode }),
  }
}

/** `Did you mean "x"?`, filled by the value `near`. */
export const nearHint: Hint = ['module.did_you_mean', 'Did you mean "{near}"?']

/** `"a"`, `"a" and "b"`, `"a", "b" and "c"`. */
function listed(names: readonly unknown[]): string {
  const quoted = names.map((name) => `"${String(name)}"`)
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`
}
