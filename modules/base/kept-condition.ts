/** Conditions that people write and that are kept with a record, as of an assignment rule: read as the kernel reads them, and said in words. */
import { isDeepStrictEqual } from 'node:util'
import { given, type Model, p, type Services, UserError } from '@tessera/core'
import { z } from 'zod'
import { conditionInWords } from './condition-words.ts'

/** A `Where` as people write it: JSON, whose fields are only known when the modules are. */
export type StoredCondition = object

/** The fields of a model with such a condition. Spread into its own, beside `conditionTraits` and `keepsWords`. */
export const conditionFields = {
  condition: p.json().$type<StoredCondition>(),
  when: p.text().nullable(),
}

/** What they mean to people: `which` says what the condition chooses and what it chooses when it is empty, `example` how one is written. */
export const conditionTraits = ({ which, example }: { readonly which: string; readonly example: string }) => ({
  condition: {
    help: which,
    suggest: given([], () => ({})),
    valid: z.record(z.string(), z.unknown(), example),
    tracked: true,
  },
  when: { label: 'When', help: 'The condition in words.', readonly: true as const },
})

/** The `around` of such a model, whose conditions are about `model`. */
export const keepsWords = (model: Model) => ({
  create: async <D extends { readonly condition?: StoredCondition | null | undefined }, R>(
    draft: D,
    next: (draft: D) => Promise<R>,
    services: Services,
  ): Promise<R> => next({ ...draft, when: await inWords(services, model, draft.condition ?? {}) }),
  /** A form sends the condition along with whatever else was changed: it is not read again, and its words stay whoever saves. */
  update: async <C extends { readonly condition?: StoredCondition | null | undefined }>(
    { condition }: { readonly condition: StoredCondition },
    changes: C,
    next: (changes: C) => Promise<void>,
    services: Services,
  ): Promise<void> => {
    const isNew = changes.condition && !isDeepStrictEqual(changes.condition, condition)
    await next(isNew ? { ...changes, when: await inWords(services, model, changes.condition) } : changes)
  },
})

/**
 * What a condition on a model says, in words. Refused when it names a field or operator that does not exist, or a field that its writer may
 * not read: he could else learn by what follows from it what is in it.
 */
async function inWords(services: Services, model: Model, condition: StoredCondition): Promise<string> {
  try {
    await services.records.count(model, { where: condition })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const values = { reason: error.message }
    throw new UserError('base.unreadable_condition', 'The condition cannot be read: {reason}', values, {
      errors: [{ field: 'condition', code: 'base.unreadable_condition', text: 'The condition cannot be read: {reason}', values }],
      cause: error,
    })
  }
  return conditionInWords(services, services.app.models.of(model), condition)
}
