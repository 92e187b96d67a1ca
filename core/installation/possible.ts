/** A plan that cannot be executed as it is. */
import { Conflict } from '../errors.ts'
import type { Plan } from './plan.ts'

/** Throws a Conflict with every reason why it cannot be done. */
export function mustBePossible({ refusals }: Plan): void {
  const [first, ...others] = refusals
  if (!first) return
  const hint = first.hint === undefined ? {} : { hint: first.hint }
  throw new Conflict(first.code, first.text, first.values, {
    ...hint,
    errors: others.map(({ code, sentence }) => ({ field: '', code, text: sentence })),
  })
}
