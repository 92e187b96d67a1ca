/** Conditions that people write and that are kept: read as the kernel reads them, and said in words. */
import { type Model, type Services, UserError } from '@tessera/core'
import { conditionInWords } from './condition-words.ts'

/**
 * What a condition on a model says, in words. Refused when it names a field or operator that does not exist, or a field that its writer may
 * not read: he could else learn by what follows from it what is in it. The field that holds it is named `condition`.
 */
export async function rememberCondition(services: Services, model: Model, condition: object): Promise<string> {
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
