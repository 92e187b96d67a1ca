/** Which records a relation may name: its own choice, at every door. */
import { isGiven } from './define.ts'
import type { ManyField, OneField } from './meta.ts'

/** The condition on them, as far as the record is known that names them; undefined for all. */
export function choiceOf(
  { where }: Pick<OneField | ManyField, 'where'>,
  record: object,
  about: { readonly now: Date; readonly isNew: boolean },
): object | undefined {
  if (!isGiven(where)) return where
  try {
    return where.code(record as never, about) as object
  } catch (error) {
    // What the choice follows from is not there yet: then there is nothing to choose from.
    if (error instanceof TypeError) return { id: { $in: [] } }
    throw error
  }
}

/** The same where no record is known: what follows from one is left to the write. */
export function choiceOfAny({ where }: Pick<OneField | ManyField, 'where'>): object | undefined {
  return isGiven(where) ? undefined : where
}
